//! The style sheet of the pages.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use actix_web::{HttpResponse, http::header};

const STYLE: &str = include_str!("style.css");

/// The address of the style sheet, which changes with its content, so that browsers keep it until an upgrade.
pub static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    STYLE.hash(&mut hasher);
    format!("/console/style.css?{:x}", hasher.finish())
});

/// Serves the style sheet.
pub async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(mime::TEXT_CSS_UTF_8)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(STYLE)
}
