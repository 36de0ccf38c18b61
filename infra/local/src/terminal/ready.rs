//! What is said when everything answers.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::{config::Config, options::Data};

const HEADING: Style = AnsiColor::Green.on_default().bold();
const LABEL: Style = Style::new().dimmed();

impl Config {
    /// Where everything is, for people. Programs read the last line: it begins with `ready` and ends with the URL of
    /// config.json.
    #[must_use]
    pub fn ready(&self, data: &Data) -> String {
        let (api, aws) = (&self.api_url, &self.aws_endpoint_url);
        let data = match data {
            Data::Memory => "in memory: it is gone when the stack stops".to_owned(),
            Data::Directory(directory) => directory.display().to_string(),
        };
        let rows: [(&str, &str); 8] = [
            ("API", api),
            ("AWS endpoint", aws),
            ("console", &format!("{aws}/")),
            ("inbox", &format!("{aws}/_local/inbox")),
            ("user pool", &self.user_pool_id),
            ("app client", &self.user_pool_client_id),
            ("table", &self.table_name),
            ("data", &data),
        ];
        let mut text = String::from("\n");
        for (label, value) in rows {
            // A string takes whatever is written to it.
            let _ = writeln!(text, "  {LABEL}{label:<14}{LABEL:#}{value}");
        }
        let _ = writeln!(text, "\n{HEADING}ready{HEADING:#}  API {api}  AWS {aws}  config {aws}/_local/config.json");
        text
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;

    #[test]
    fn the_block_says_where_everything_is_and_ends_with_the_line_for_programs() {
        let config = Config {
            api_url: "http://127.0.0.1:3000".to_owned(),
            aws_endpoint_url: "http://127.0.0.1:4566".to_owned(),
            region: "us-east-1".to_owned(),
            user_pool_id: "us-east-1_abc".to_owned(),
            user_pool_client_id: "client".to_owned(),
            table_name: "table".to_owned(),
            functions: Vec::new(),
        };
        let expected = "
  API           http://127.0.0.1:3000
  AWS endpoint  http://127.0.0.1:4566
  console       http://127.0.0.1:4566/
  inbox         http://127.0.0.1:4566/_local/inbox
  user pool     us-east-1_abc
  app client    client
  table         table
  data          /home/ada/.local

ready  API http://127.0.0.1:3000  AWS http://127.0.0.1:4566  config http://127.0.0.1:4566/_local/config.json
";
        assert_eq!(strip_str(&config.ready(&Data::Directory("/home/ada/.local".into()))).to_string(), expected);
        assert!(config.ready(&Data::Memory).contains("gone when the stack stops"));
    }
}
