//! What was measured, drawn.

use crate::{
    compare::Comparison,
    growth::{DatabaseGrowth, Growth},
    svg::{Anchor, COLOURS, Svg},
};

const FAINT: &str = "#cccccc";
/// What Gatehouse is to reach of the throughput of the floor.
const TARGET: f64 = 0.9;

/// The throughput of Gatehouse for that of the floor, a bar for each scenario and database.
pub fn of_comparison(comparison: &Comparison) -> String {
    const LEFT: f64 = 150.0;
    const TOP: f64 = 50.0;
    const WIDTH: f64 = 500.0;
    const BAR: f64 = 12.0;
    let databases = &comparison.databases;
    let names: Vec<_> = databases.first().map_or_else(Vec::new, |database| {
        database.scenarios.iter().map(|scenario| scenario.name).collect()
    });
    let row = BAR * databases.len() as f64 + 12.0;
    let bottom = TOP + row * names.len() as f64;
    let highest = databases.iter().flat_map(|database| &database.scenarios);
    let highest = highest
        .map(|scenario| scenario.versus.throughput.max)
        .fold(1.0, f64::max)
        * 1.05;
    let x = |ratio: f64| LEFT + WIDTH * ratio / highest;

    let mut svg = Svg::new(LEFT + WIDTH + 30.0, bottom + 45.0);
    svg.text(
        (LEFT, 20.0),
        Anchor::Start,
        "Requests per second of Gatehouse for one of the floor",
    );
    for (place, database) in databases.iter().enumerate() {
        let (left, colour) = (LEFT + 100.0 * place as f64, COLOURS[place]);
        svg.rectangle((left, 29.0), (10.0, 10.0), colour);
        svg.text((left + 15.0, 38.0), Anchor::Start, database.database);
        for (number, scenario) in database.scenarios.iter().enumerate() {
            let y = TOP + row * number as f64 + BAR * place as f64 + 6.0;
            let ratio = scenario.versus.throughput;
            svg.rectangle((LEFT, y), (x(ratio.median) - LEFT, BAR - 2.0), colour);
            let middle = y + BAR / 2.0 - 1.0;
            svg.line(&[(x(ratio.min), middle), (x(ratio.max), middle)], "#222222", "");
        }
    }
    for (number, name) in names.iter().enumerate() {
        let middle = TOP + row * (number as f64 + 0.5);
        svg.text((LEFT - 10.0, middle + 4.0), Anchor::End, name);
    }
    for (ratio, dashes) in [(0.0, ""), (TARGET, "4 3"), (1.0, "")] {
        svg.line(&[(x(ratio), TOP), (x(ratio), bottom)], "#222222", dashes);
        let anchor = if ratio == TARGET { Anchor::End } else { Anchor::Start };
        svg.text((x(ratio), bottom + 15.0), anchor, &format!("{ratio:.1}"));
    }
    svg.text(
        (LEFT, bottom + 35.0),
        Anchor::Start,
        "Thin lines reach from the least to the greatest of the rounds; the target is dashed.",
    );
    svg.finish()
}

const PANEL: (f64, f64) = (340.0, 320.0);
const GAP: f64 = 70.0;
const PANEL_TOP: f64 = 50.0;

/// The median time of each scenario by the number of users, on logarithmic scales; a panel for each database.
pub fn of_growth(growth: &Growth) -> String {
    let scales = Scales::of(growth);
    let width = GAP + (PANEL.0 + GAP) * growth.databases.len() as f64 + 90.0;
    let mut svg = Svg::new(width, PANEL_TOP + PANEL.1 + 45.0);
    svg.text(
        (GAP, 20.0),
        Anchor::Start,
        "Median time of a request of one client, by the number of users",
    );
    for (place, database) in growth.databases.iter().enumerate() {
        draw_panel(&mut svg, &scales, GAP + (PANEL.0 + GAP) * place as f64, database);
    }
    let names = growth
        .databases
        .iter()
        .take(1)
        .flat_map(|database| &database.sizes[0].scenarios);
    for (number, scenario) in names.enumerate() {
        let (left, y) = (width - 140.0, PANEL_TOP + 15.0 + 20.0 * number as f64);
        svg.rectangle((left, y - 9.0), (10.0, 10.0), COLOURS[number % COLOURS.len()]);
        svg.text((left + 15.0, y), Anchor::Start, scenario.name);
    }
    svg.finish()
}

/// Decades of users and of microseconds, between which lies what was measured.
struct Scales {
    users: (f64, f64),
    time: (f64, f64),
}

impl Scales {
    fn of(growth: &Growth) -> Self {
        let sizes = || growth.databases.iter().flat_map(|database| &database.sizes);
        let times = sizes()
            .flat_map(|size| &size.scenarios)
            .filter_map(|scenario| scenario.p50_us);
        Self {
            users: decades(sizes().map(|size| size.users as f64)),
            time: decades(times),
        }
    }

    /// Where a number of users and a time lie in a panel that begins at `left`.
    fn point(&self, left: f64, users: f64, time: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| (value.log10() - low) / (high - low);
        (
            left + PANEL.0 * share(users, self.users),
            PANEL_TOP + PANEL.1 * (1.0 - share(time, self.time)),
        )
    }
}

fn draw_panel(svg: &mut Svg, scales: &Scales, left: f64, database: &DatabaseGrowth) {
    let ((least_users, most_users), (least_time, most_time)) = (scales.users, scales.time);
    for decade in least_time as i32..=most_time as i32 {
        let (_, y) = scales.point(left, 1.0, 10_f64.powi(decade));
        svg.line(&[(left, y), (left + PANEL.0, y)], FAINT, "");
        svg.text((left - 5.0, y + 4.0), Anchor::End, &time_label(decade));
    }
    for decade in least_users as i32..=most_users as i32 {
        let (x, _) = scales.point(left, 10_f64.powi(decade), 1.0);
        svg.line(&[(x, PANEL_TOP), (x, PANEL_TOP + PANEL.1)], FAINT, "");
        svg.text(
            (x, PANEL_TOP + PANEL.1 + 18.0),
            Anchor::Middle,
            &format!("{}", 10_u64.pow(decade as u32)),
        );
    }
    svg.text((left, PANEL_TOP - 10.0), Anchor::Start, database.database);
    let scenarios = database.sizes.first().map_or(0, |size| size.scenarios.len());
    for number in 0..scenarios {
        let colour = COLOURS[number % COLOURS.len()];
        let sizes = database.sizes.iter();
        let points: Vec<_> = sizes
            .filter_map(|size| {
                let time = size.scenarios[number].p50_us?;
                Some(scales.point(left, size.users as f64, time))
            })
            .collect();
        svg.line(&points, colour, "");
        for point in points {
            svg.dot(point, colour);
        }
    }
}

/// The powers of ten, by their exponents, that are nearest around some numbers; never the same one twice.
fn decades(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
    let high = values.fold(1.0, f64::max).log10().ceil();
    (low, high.max(low + 1.0))
}

fn time_label(decade: i32) -> String {
    match decade {
        ..3 => format!("{} µs", 10_u64.pow(decade.cast_unsigned())),
        3..6 => format!("{} ms", 10_u64.pow((decade - 3).cast_unsigned())),
        6.. => format!("{} s", 10_u64.pow((decade - 6).cast_unsigned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_enclose_the_numbers() {
        assert_eq!(decades([120.0, 4500.0].into_iter()), (2.0, 4.0));
        assert_eq!(decades([1000.0].into_iter()), (3.0, 4.0));
    }
}
