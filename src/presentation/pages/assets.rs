//! The style sheet of the pages, and the one script.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use actix_web::{HttpResponse, http::header};
use mime::Mime;

/// The style sheet of every page.
pub static STYLE: Asset = Asset {
    content: include_str!("style.css"),
    media_type: mime::TEXT_CSS_UTF_8,
    address: LazyLock::new(|| address("style.css", STYLE.content)),
};

/// The script of the page `welcome`.
pub static WELCOME_SCRIPT: Asset = Asset {
    content: include_str!("account/welcome.js"),
    media_type: mime::TEXT_JAVASCRIPT,
    address: LazyLock::new(|| address("welcome.js", WELCOME_SCRIPT.content)),
};

/// A file in the binary.
pub struct Asset {
    content: &'static str,
    media_type: Mime,
    address: LazyLock<String>,
}

impl Asset {
    /// Returns the address, which changes with the content, so that browsers keep the file until an upgrade.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Serves the file.
    pub fn serve(&self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(self.media_type.clone())
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(self.content)
    }
}

fn address(name: &str, content: &str) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("/console/{name}?{:x}", hasher.finish())
}
