//! Workspaces are listed, created, renamed and deleted.

use acceptance::organization::text;
use acceptance::suite::Test;
use acceptance::{Answer, Organization, Target, tests};
use reqwest::Method;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_workspace_is_created_renamed_and_deleted,
        a_name_of_a_workspace_is_free_again_after_it,
        workspaces_come_in_pages,
    ]
}

async fn create(organization: &Organization, name: &str) -> Answer {
    organization.creator.post(&organization.path("/workspaces"), &json!({ "name": name })).await
}

async fn rename(organization: &Organization, path: &str, name: &str, etag: &str) -> Answer {
    let call = organization.creator.call(Method::PATCH, path);
    call.json(&json!({ "name": name })).header("if-match", etag).await
}

async fn a_workspace_is_created_renamed_and_deleted(target: Target) {
    let organization = Organization::create(&target).await;
    let admin = &organization.creator;
    let created = create(&organization, "Berlin").await;
    let path = organization.path(&format!("/workspaces/{}", text(&created.success(201)["workspaceId"])));
    assert_eq!(created.header("location"), Some(path.as_str()));
    let read = admin.get(&path).await;
    assert_eq!((read.success(200), read.etag()), (created.success(201), created.etag()));
    let renamed = rename(&organization, &path, "Bonn", &read.etag()).await;
    assert_eq!(renamed.success(200)["name"], json!("Bonn"));
    rename(&organization, &path, "Rome", &read.etag()).await.problem(412, "version-mismatch");
    let workspaces = organization.pages(admin, "/workspaces", 100).await.concat();
    let names: Vec<_> = workspaces.iter().map(|workspace| text(&workspace["name"])).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[1], "Bonn");
    admin.delete(&path).await.success(204);
    admin.get(&path).await.problem(404, "workspace-not-found");
    admin.delete(&path).await.problem(404, "workspace-not-found");
    let last = organization.path(&format!("/workspaces/{}", text(&workspaces[0]["workspaceId"])));
    admin.delete(&last).await.problem(409, "last-workspace");
}

/// The default workspace is deleted, too: another one becomes the default.
async fn a_name_of_a_workspace_is_free_again_after_it(target: Target) {
    let organization = Organization::create(&target).await;
    let admin = &organization.creator;
    let before = organization.pages(admin, "/workspaces", 1).await.concat();
    let (id, name) = (text(&before[0]["workspaceId"]), text(&before[0]["name"]));
    create(&organization, &name.to_uppercase()).await.problem(422, "validation-failed");
    let other = text(&create(&organization, "Berlin").await.success(201)["workspaceId"]);
    admin.delete(&organization.path(&format!("/workspaces/{id}"))).await.success(204);
    let default = admin.get(&organization.path(&format!("/workspaces/{other}"))).await.success(200);
    assert_eq!(default["default"], json!(true));
    create(&organization, &name).await.success(201);
}

async fn workspaces_come_in_pages(target: Target) {
    let organization = Organization::create(&target).await;
    for name in ["Berlin", "Bonn", "Rome"] {
        create(&organization, name).await.success(201);
    }
    let pages = organization.pages(&organization.creator, "/workspaces", 2).await;
    let ids: Vec<_> = pages.concat().iter().map(|workspace| text(&workspace["workspaceId"])).collect();
    assert_eq!((pages.len(), ids.len()), (2, 4));
    assert!(ids.is_sorted(), "the oldest first: {ids:?}");
}
