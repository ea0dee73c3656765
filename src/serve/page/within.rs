//! What every page holds within itself: a browser has nothing else to fetch before it paints, and
//! nothing that it would have to store.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The style of every page.
pub const STYLE: &str = include_str!("style.css");

/// The script that keeps pages up to date.
pub const SCRIPT: &str = include_str!("live.js");

/// The sign of the pages.
const ICON: &str = include_str!("icon.svg");

/// The sign of the pages, as an address that holds it.
pub static ICON_ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("data:image/svg+xml;base64,{}", STANDARD.encode(ICON)));

/// What a page may do: have this very style and script, ask for our own answers, and show pictures
/// that it holds itself ([CSP level 3](https://www.w3.org/TR/CSP3/), section 2.3.1). Whatever else
/// gets into a page is neither applied nor run.
pub static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        hash(STYLE),
        hash(SCRIPT),
    )
});
