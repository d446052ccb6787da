//! How far each goal was reached, as a picture.

use crate::goal::Row;

const LINE: usize = 24;
const LEFT: f64 = 470.0;
const WIDTH: f64 = 420.0;
/// The plot ends at so many times the goal, either way; its scale is logarithmic.
const END: f64 = 10.0;

/// One bar a row: to the right of the middle a goal is reached, by the factor.
pub(crate) fn plot<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let rows: Vec<_> = rows.collect();
    let height = 70 + rows.len() * LINE;
    let middle = LEFT + WIDTH / 2.0;
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='960' height='{height}' font-family='sans-serif' font-size='12'>\n\
         <rect width='960' height='{height}' fill='#fff'/>\n\
         <text x='10' y='24' font-size='16'>Recto beside its peers: how many times the goal</text>\n"
    );
    for factor in [0.1, 0.5, 1.0, 2.0, 10.0] {
        let x = at(factor);
        svg += &format!(
            "<line x1='{x:.0}' x2='{x:.0}' y1='48' y2='{}' stroke='#ccc'/>\n\
             <text x='{x:.0}' y='44' text-anchor='middle' fill='#666'>{factor}</text>\n",
            height - 10
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let y = 54 + index * LINE;
        svg += &format!("<text x='10' y='{}'>{}</text>\n", y + 13, escape(row.work()));
        let Some(factor) = factor(row) else {
            svg += &format!(
                "<text x='{:.0}' y='{}' fill='#666'>no figure</text>\n",
                middle + 6.0,
                y + 13
            );
            continue;
        };
        let (end, colour) = (at(factor), if factor >= 1.0 { "#3a7d44" } else { "#a63d40" });
        let (x, width) = (end.min(middle), (end - middle).abs());
        svg += &format!(
            "<rect x='{x:.0}' y='{y}' width='{width:.0}' height='16' fill='{colour}'/>\n\
             <text x='{:.0}' y='{}'>{factor:.2}</text>\n",
            LEFT + WIDTH + 10.0,
            y + 13
        );
    }
    svg + "</svg>\n"
}

/// How many times the goal was reached.
fn factor(row: &Row) -> Option<f64> {
    let ratio = row.ratio()?;
    Some(if row.is_higher_better() { ratio / row.wanted() } else { row.wanted() / ratio })
}

fn at(factor: f64) -> f64 {
    let part = (factor.log(END).clamp(-1.0, 1.0) + 1.0) / 2.0;
    LEFT + WIDTH * part
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
