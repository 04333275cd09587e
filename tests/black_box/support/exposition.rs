use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;

/// What a server tells Prometheus.
#[derive(Debug, Default)]
pub struct Exposition {
    /// The type of each family of metrics, by its name.
    pub families: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

/// One number.
#[derive(Debug, PartialEq)]
pub struct Sample {
    /// The family that it belongs to.
    pub family: String,
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Exposition {
    /// Reads the OpenMetrics text format, of which everything must be: families one after the other, each with a text
    /// of help and a type, and with samples of that type, none of them twice.
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let described = Regex::new(r"^# (HELP|TYPE|UNIT) ([a-z][a-z0-9_]*) (\S.*)$").unwrap();
        let mut exposition = Self::default();
        let (mut family, mut explained) = (String::new(), BTreeSet::new());
        let lines = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
        for line in lines.lines() {
            if let Some(parts) = described.captures(line) {
                let name = parts[2].to_owned();
                match &parts[1] {
                    "HELP" => assert!(explained.insert(name.clone()) && parts[3].ends_with('.'), "{line}"),
                    "TYPE" => assert!(
                        explained.contains(&name)
                            && exposition.families.insert(name.clone(), parts[3].to_owned()).is_none(),
                        "{line}"
                    ),
                    _ => assert!(family == name && name.ends_with(&format!("_{}", &parts[3])), "{line}"),
                }
                family = name;
            } else {
                let sample = Sample::parse(&family, line);
                let suffix = sample.name.strip_prefix(&family).unwrap_or_else(|| panic!("{line}"));
                let suffixes: &[_] = match exposition.families[&family].as_str() {
                    "counter" => &["_total"],
                    "gauge" => &[""],
                    "info" => &["_info"],
                    "histogram" => &["_bucket", "_count", "_sum"],
                    other => panic!("{other}"),
                };
                assert!(suffixes.contains(&suffix), "{line}");
                let is_another = |known: &Sample| known.name != sample.name || known.labels != sample.labels;
                assert!(exposition.samples.iter().all(is_another), "{line}");
                exposition.samples.push(sample);
            }
        }
        assert_eq!(explained, exposition.families.keys().cloned().collect());
        exposition
    }

    /// The sum of all samples of that name with these labels; 0 if there are none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(label, value)| sample.labels.get(*label).is_some_and(|has| has == value))
        };
        let samples = self.samples.iter().filter(|sample| has(sample));
        samples.map(|sample| sample.value).sum()
    }

    /// All values that a label has.
    pub fn values(&self, label: &str) -> BTreeSet<&str> {
        let labels = self.samples.iter().filter_map(|sample| sample.labels.get(label));
        labels.map(String::as_str).collect()
    }
}

impl Sample {
    #[track_caller]
    fn parse(family: &str, line: &str) -> Self {
        let sample = Regex::new(r"^([a-z][a-z0-9_]*)(?:\{(.+)\})? ([0-9.e+-]+)$").unwrap();
        let label = Regex::new(r#"^([a-z][a-z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)"#).unwrap();
        let parts = sample.captures(line).unwrap_or_else(|| panic!("no sample: {line}"));
        let mut labels = BTreeMap::new();
        let mut rest = parts.get(2).map_or("", |labels| labels.as_str());
        while !rest.is_empty() {
            let parts = label.captures(rest).unwrap_or_else(|| panic!("no label: {line}"));
            let value = parts[2].to_owned();
            assert_eq!(labels.insert(parts[1].to_owned(), value), None, "{line}");
            rest = &rest[parts[0].len()..];
        }
        Self {
            family: family.to_owned(),
            name: parts[1].to_owned(),
            labels,
            value: parts[3].parse().unwrap(),
        }
    }
}
