//! The one binary: reads its configuration, builds the parts, runs a role.

mod allocator;
mod assemble;
mod config;
mod cores;
mod demo;
mod doctor;
mod housekeeping;
mod images;
mod import;
mod serve;
mod server_urls;
mod tile;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    assemble::{Parts, Role},
    config::{Config, LogConfig, LogFormat},
    serve::Service,
};

/// The digital library cloud service: gives digitised things in storage a IIIF endpoint.
#[derive(Parser)]
#[command(name = "recto", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Args)]
struct Flags {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder for everything that Recto keeps itself.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, global = true, value_name = "ADDR")]
    listen: Option<String>,
    /// What is logged: a level, or a list such as `info,delivery=debug`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the service.
    Serve {
        /// What this process does; everything, if not given.
        #[arg(long, value_delimiter = ',')]
        role: Vec<Role>,
    },
    /// Runs the service here, with a customer, a key, and samples (or your own files).
    Demo {
        /// Images, or folders with images.
        paths: Vec<PathBuf>,
    },
    /// Serves the images of folders, web servers and buckets, without a database.
    Images {
        /// Folders with images; more profiles are set by `--config`.
        folders: Vec<PathBuf>,
    },
    /// Writes a site that needs no server: tiles, manifests and collections, in a folder or a bucket.
    Tile(Box<tile::Arguments>),
    /// Registers the assets that a table or a METS file lists, in batches.
    Import(Box<import::Arguments>),
    /// Brings the database up to date.
    Migrate,
    /// Looks at the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Tries everything that the service depends on; `--deep`: reads back everything that is kept.
    Doctor(doctor::Arguments),
    /// Prints the API's description for generators of clients.
    Openapi {
        /// Where the API is found.
        #[arg(default_value = "http://localhost:8080")]
        server: String,
    },
    /// Decodes one image, without rights: started by the service itself.
    #[command(hide = true)]
    Decode,
    /// Draws originals that are served in place, without rights: started by the service itself.
    #[command(hide = true)]
    Draw,
    /// Cuts one image into tiles, without rights: started by `recto tile`.
    #[command(hide = true)]
    Cut,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Checks the configuration and prints what is in force.
    Check,
}

fn main() -> ExitCode {
    allocator::give_back_soon();
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("recto: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // These are children: before anything else they give up their rights.
    let child = match cli.command {
        Command::Decode => Some(ingest::decode as fn()),
        Command::Draw => Some(delivery::draw_originals as fn()),
        Command::Cut => Some(static_site::cut as fn()),
        Command::Serve { .. }
        | Command::Demo { .. }
        | Command::Images { .. }
        | Command::Tile(_)
        | Command::Import(_)
        | Command::Migrate
        | Command::Config { .. }
        | Command::Doctor(_)
        | Command::Openapi { .. } => None,
    };
    if let Some(body) = child {
        body();
        return Ok(ExitCode::SUCCESS);
    }
    let mut config = images::load(cli.flags.config.as_deref())?;
    cli.flags.apply_to(&mut config);
    start_log(&config.log)?;
    // Two providers may be linked in; TLS needs one to be chosen.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was already chosen");
    }
    let runtime = tokio::runtime::Runtime::new().context("the runtime can't be started")?;
    runtime.block_on(run_command(cli.command, config))
}

async fn run_command(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { role } => serve(config, role).await,
        Command::Demo { paths } => demo::run(config, paths).await.map(|()| ExitCode::SUCCESS),
        Command::Images { folders } => {
            images::run(config, folders).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Tile(arguments) => tile::run(&config, *arguments).await,
        Command::Import(arguments) => import::run(config, *arguments).await,
        Command::Migrate => migrate(config).await,
        Command::Config { command: ConfigCommand::Check } => check(&config),
        Command::Doctor(arguments) => doctor::run(&config, &arguments).await,
        Command::Openapi { server } => {
            tell(&serde_json::to_string_pretty(&management::openapi(&server))?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Decode | Command::Draw | Command::Cut => {
            unreachable!("handled before the runtime starts")
        }
    }
}

async fn serve(config: Config, roles: Vec<Role>) -> anyhow::Result<ExitCode> {
    let stop = serve::stop_on_signals()?;
    let service = Service::listen(Parts::assemble(config, roles).await?).await?;
    tell(&format!("listening on http://{}", service.address));
    service.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(config: Config) -> anyhow::Result<ExitCode> {
    config.check()?;
    std::fs::create_dir_all(config.data())?;
    let catalogue = catalogue::Catalogue::open(&config.database, config.data()).await?;
    match catalogue.migrate().await?.as_slice() {
        [] => tell("the database is up to date"),
        applied => applied.iter().for_each(|name| tell(&format!("applied {name}"))),
    }
    Ok(ExitCode::SUCCESS)
}

fn check(config: &Config) -> anyhow::Result<ExitCode> {
    config.check()?;
    tell(&toml::to_string_pretty(config)?);
    Ok(ExitCode::SUCCESS)
}

impl Flags {
    fn apply_to(self, config: &mut Config) {
        if let Some(data) = self.data {
            config.data.0 = data;
        }
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        if let Some(filter) = self.log {
            config.log.filter = filter;
        }
    }
}

/// The log goes to standard error: standard output is for answers.
fn start_log(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter)
        .with_context(|| format!("log.filter {:?} is not valid", config.filter))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        // It would be told where the log can't be written to either, with a panic in the end.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match config.format {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Says something to the person, or the script, that started the command; who stopped listening misses it.
fn tell(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}") {
        tracing::debug!(%error, "nobody reads standard output");
    }
}
