//! Where everything is.

use serde::Serialize;

/// Where everything is, as `/_local/config.json` says it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Address of the HTTP API.
    pub api_url: String,
    /// Address of the AWS services.
    pub aws_endpoint_url: String,
    /// The region that everything pretends to be in.
    pub region: String,
    /// The user pool.
    pub user_pool_id: String,
    /// Its app client.
    pub user_pool_client_id: String,
    /// The table.
    pub table_name: String,
    /// The functions, as the Invoke API names them.
    pub functions: Vec<String>,
}
