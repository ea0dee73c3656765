//! Arguments of whatever serves pages: where, and who may ask.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::config::{Key, Layer, Origin, Why};

/// Where pages and API are served.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Listening {
    /// Where pages and API are served; port 0 takes a free one; off serves none
    /// [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDR", value_parser = checked, help_heading = "Page and API")]
    pub listen: Option<String>,
    /// Ask whoever comes for the token in this file, which nobody else may read: as a bearer token,
    /// or as the password a browser asks for. Needed where other machines can reach the address
    #[arg(long, value_name = "FILE", help_heading = "Page and API")]
    pub access_token_file: Option<PathBuf>,
}

impl Listening {
    /// Adds to the flags' settings what the environment and the file may give too.
    ///
    /// # Errors
    /// When a value is wrong.
    pub fn put_into(&self, layer: &mut Layer) -> Result<(), Why> {
        if let Some(address) = &self.listen {
            layer.put(Key::Listen, vec![address.clone()], Origin::Flag)?;
        }
        if let Some(file) = &self.access_token_file {
            let file = file.to_str().ok_or_else(|| Why("the file is no text in UTF-8".into()))?;
            layer.put(Key::AccessTokenFile, vec![file.to_owned()], Origin::Flag)?;
        }
        Ok(())
    }
}

fn checked(text: &str) -> Result<String, String> {
    Key::Listen.check(text).map(|()| text.to_owned())
}
