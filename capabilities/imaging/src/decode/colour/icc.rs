//! Conversion by ICC profiles, through Little CMS.

use lcms2::{
    CIExyY, CIExyYTRIPLE, ColorSpaceSignature, Flags, Intent, PixelFormat, Profile as Icm,
    ThreadContext, ToneCurve, Transform,
};

use super::super::problem::damaged;
use super::super::raster::{Depth, Plan, Profile, Space};
use crate::Error;

type Conversion = Transform<u8, u8, ThreadContext>;
type Handle = Icm<ThreadContext>;

const D50: CIExyY = CIExyY { x: 0.3457, y: 0.3585, Y: 1.0 };
const D65: CIExyY = CIExyY { x: 0.3127, y: 0.3290, Y: 1.0 };
/// sRGB's primaries: red, green, blue.
const SRGB: [[f64; 2]; 3] = [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]];

/// A conversion to sRGB, or to grey with sRGB's curve. The context must be dropped last.
pub(super) struct Icc {
    conversion: Conversion,
    bytes: Vec<u8>,
    _context: ThreadContext,
}

/// The profile of the colours that everything is converted to.
pub fn srgb_profile() -> Result<Vec<u8>, Error> {
    let profile = Icm::new_srgb_context(ThreadContext::new()).icc();
    profile.map_err(|error| damaged(error.to_string()))
}

impl Icc {
    /// The conversion that the file asks for: none if its colours are sRGB already, and a note if
    /// its profile is of no use.
    pub(super) fn new(plan: &Plan) -> Result<Option<Self>, String> {
        let context = ThreadContext::new();
        let from = match &plan.profile {
            Profile::None => return Self::without_profile(plan).map_err(|error| error.to_string()),
            Profile::Icc(bytes) => Icm::new_icc_context(&context, bytes)
                .map_err(|_| "the colour profile is damaged and was ignored".to_owned())?,
            Profile::Gamma { gamma, primaries } => of_gamma(&context, plan, *gamma, primaries)
                .ok_or("the colour gamma makes no sense and was ignored")?,
        };
        if from.color_space() != signature(plan.space) {
            return Err("the colour profile is for another kind of image and was ignored".into());
        }
        let conversion = convert(&context, &from, plan)
            .ok_or("the colour profile can't be used and was ignored")?;
        if changes_nothing(&context, &from, plan) {
            return Ok(None);
        }
        Ok(Some(Self { conversion, bytes: Vec::new(), _context: context }))
    }

    /// Only Lab needs a conversion if there is no profile.
    pub(super) fn without_profile(plan: &Plan) -> Result<Option<Self>, Error> {
        if plan.space != Space::Lab {
            return Ok(None);
        }
        let context = ThreadContext::new();
        let conversion = Icm::new_lab4_context(&context, &D50)
            .ok()
            .and_then(|lab| convert(&context, &lab, plan))
            .ok_or_else(|| damaged("Lab colours can't be converted"))?;
        Ok(Some(Self { conversion, bytes: Vec::new(), _context: context }))
    }

    pub(super) fn bytes(&mut self, from: &[u8], out: &mut [u8]) {
        self.conversion.transform_pixels(from, out);
    }

    pub(super) fn words(&mut self, from: &[u16], out: &mut [u8]) {
        self.bytes.clear();
        self.bytes.extend(from.iter().flat_map(|word| word.to_ne_bytes()));
        self.conversion.transform_pixels(&self.bytes, out);
    }
}

fn signature(space: Space) -> ColorSpaceSignature {
    match space {
        Space::Gray => ColorSpaceSignature::GrayData,
        Space::Rgb => ColorSpaceSignature::RgbData,
        Space::Cmyk => ColorSpaceSignature::CmykData,
        Space::Lab => ColorSpaceSignature::LabData,
    }
}

fn format_in(space: Space, depth: Depth, alpha: bool) -> PixelFormat {
    let PixelFormat(bits) = match (space, depth) {
        (Space::Gray, Depth::Eight) => PixelFormat::GRAY_8,
        (Space::Gray, Depth::Sixteen) => PixelFormat::GRAY_16,
        (Space::Rgb, Depth::Eight) => PixelFormat::RGB_8,
        (Space::Rgb, Depth::Sixteen) => PixelFormat::RGB_16,
        (Space::Cmyk, Depth::Eight) => PixelFormat::CMYK_8,
        (Space::Cmyk, Depth::Sixteen) => PixelFormat::CMYK_16,
        (Space::Lab, Depth::Eight) => PixelFormat::Lab_8,
        (Space::Lab, Depth::Sixteen) => PixelFormat::Lab_16,
    };
    PixelFormat(bits | (EXTRA * u32::from(alpha)))
}

/// One extra channel, in Little CMS's description of pixels.
const EXTRA: u32 = 1 << 7;

fn convert(context: &ThreadContext, from: &Handle, plan: &Plan) -> Option<Conversion> {
    build(context, from, plan.space, plan.depth, plan.alpha)
}

fn build(
    context: &ThreadContext,
    from: &Handle,
    space: Space,
    depth: Depth,
    alpha: bool,
) -> Option<Conversion> {
    let (to, format) = if space == Space::Gray {
        let curve = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];
        let curve = ToneCurve::new_parametric(4, &curve).ok()?;
        (Icm::new_gray_context(context, &D50, &curve).ok()?, PixelFormat::GRAY_8)
    } else {
        (Icm::new_srgb_context(context), PixelFormat::RGB_8)
    };
    let PixelFormat(bits) = format;
    let format = PixelFormat(bits | (EXTRA * u32::from(alpha)));
    let flags = Flags::BLACKPOINT_COMPENSATION | Flags::COPY_ALPHA;
    let input = format_in(space, depth, alpha);
    Transform::new_flags_context(context, from, input, &to, format, Intent::Perceptual, flags).ok()
}

/// Whether samples all over the space come out as they went in, or next to it.
fn changes_nothing(context: &ThreadContext, from: &Handle, plan: &Plan) -> bool {
    if !matches!(plan.space, Space::Gray | Space::Rgb) {
        return false;
    }
    let Some(conversion) = build(context, from, plan.space, Depth::Eight, false) else {
        return false;
    };
    let samples: Vec<u8> = if plan.space == Space::Gray {
        (0..=255).collect()
    } else {
        let cube = (0..9 * 9 * 9_u32).flat_map(|i| [i / 81, i / 9 % 9, i % 9]);
        let cube = cube.map(|level| (level * 255 / 8) as u8);
        cube.chain((0..=255).flat_map(|i| [i; 3])).collect()
    };
    let mut converted = vec![0; samples.len()];
    conversion.transform_pixels(&samples, &mut converted);
    samples.iter().zip(&converted).all(|(before, after)| before.abs_diff(*after) <= 1)
}

fn of_gamma(
    context: &ThreadContext,
    plan: &Plan,
    gamma: f64,
    primaries: &Option<[[f64; 2]; 4]>,
) -> Option<Handle> {
    if !(0.05..=5.0).contains(&gamma) {
        return None;
    }
    let curve = ToneCurve::new(1.0 / gamma);
    if plan.space == Space::Gray {
        return Icm::new_gray_context(context, &D50, &curve).ok();
    }
    let point = |[x, y]: [f64; 2]| CIExyY { x, y, Y: 1.0 };
    let (white, [red, green, blue]) = match primaries {
        Some([white, red, green, blue]) => (point(*white), [*red, *green, *blue]),
        None => (D65, SRGB),
    };
    let primaries = CIExyYTRIPLE { Red: point(red), Green: point(green), Blue: point(blue) };
    Icm::new_rgb_context(context, &white, &primaries, &[&curve, &curve, &curve]).ok()
}
