use std::ops::Deref;

use paperclip::v2::{models::DefaultSchemaRaw, schema::Apiv2Schema};
use serde::Deserialize;

/// A field or parameter that has a default, and is documented as optional.
///
/// Use it with `#[serde(default)]`. Paperclip ignores that attribute, and would document the field as required. Unlike
/// an `Option`, it does not accept `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct OrDefault<T>(pub T);

impl<T> Deref for OrDefault<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Apiv2Schema> Apiv2Schema for OrDefault<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn description() -> &'static str {
        T::description()
    }

    fn required() -> bool {
        false
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}
