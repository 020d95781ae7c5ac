//! Things as JSON, the way the first version of the API writes them: what is not asked for is a name in `_expandable`.

use super::expand::Expand;
use super::text;
use super::world::{Content, Kind, Label, Property, Space, Status, User, UserId, Version, World, stamp_z};
use crate::sandbox::http::{encode, encode_name};
use serde_json::{Map, Value, json};

/// How answers to one request look.
#[derive(Clone)]
pub(crate) struct Face {
    pub cloud: bool,
    /// The base URL of the wiki that the client used: with `/wiki` on Cloud, with the context path on Data Center.
    pub base: String,
    /// Who asks.
    pub me: Option<UserId>,
}

/// The formats of a body.
const FORMATS: [&str; 5] = ["storage", "view", "export_view", "styled_view", "editor"];

impl Face {
    fn context(&self) -> &'static str {
        if self.cloud { "/wiki" } else { super::DC_PATH }
    }

    /// Returns the address of a resource.
    pub(crate) fn rest(&self, path: &str) -> String {
        format!("{}/rest/api/{path}", self.base)
    }

    /// Writes the number of content; attachments have a prefix on Cloud.
    pub(crate) fn id(&self, content: &Content) -> String {
        match content.kind {
            Kind::Attachment if self.cloud => format!("att{}", content.id),
            _ => content.id.to_string(),
        }
    }

    /// Writes a user.
    pub(crate) fn user(&self, user: &User) -> Value {
        let path = format!("{}/aa-avatar/{}", self.context(), user.account_id);
        if self.cloud {
            return json!({
                "type": "known", "accountId": user.account_id,
                "accountType": if user.app { "app" } else { "atlassian" },
                "email": if self.me.is_some() { user.email.as_str() } else { "" }, "publicName": user.display,
                "profilePicture": { "path": path, "width": 48, "height": 48, "isDefault": false },
                "displayName": user.display, "isExternalCollaborator": user.outsider,
                "accountStatus": if user.active { "active" } else { "inactive" },
                "_expandable": { "operations": "", "personalSpace": "" },
                "_links": { "self": self.rest(&format!("user?accountId={}", encode(&user.account_id))) },
            });
        }
        json!({
            "type": "known", "username": user.name, "userKey": user.key,
            "profilePicture": {
                "path": format!("{}/images/icons/profilepics/default.svg", self.context()),
                "width": 48, "height": 48, "isDefault": true,
            },
            "displayName": user.display,
            "_links": { "self": self.rest(&format!("user?key={}", encode(&user.key))) },
            "_expandable": { "status": "" },
        })
    }

    /// Writes nobody.
    pub(crate) fn nobody(&self) -> Value {
        let picture = format!("{}/images/icons/profilepics/anonymous.svg", self.context());
        json!({
            "type": "anonymous",
            "profilePicture": { "path": picture, "width": 48, "height": 48, "isDefault": true },
            "displayName": "Anonymous",
            "_links": { "self": self.rest("user/anonymous") }, "_expandable": { "status": "" },
        })
    }

    /// Writes the user with this number.
    pub(crate) fn someone(&self, world: &World, id: UserId) -> Value {
        world.users.get(id).map_or_else(|| self.nobody(), |user| self.user(user))
    }

    /// Writes a group.
    pub(crate) fn group(&self, name: &str) -> Value {
        let link = self.rest(&format!("group/{}", encode(name)));
        match self.cloud {
            true => json!({ "type": "group", "name": name, "id": group_id(name), "_links": { "self": link } }),
            false => json!({ "type": "group", "name": name, "_links": { "self": link } }),
        }
    }

    /// Writes a label.
    pub(crate) fn label(label: &Label) -> Value {
        let shown =
            if label.prefix == "global" { label.name.clone() } else { format!("{}:{}", label.prefix, label.name) };
        json!({ "prefix": label.prefix, "name": label.name, "id": label.id.to_string(), "label": shown })
    }

    /// Writes a space.
    pub(crate) fn space(&self, world: &World, space: &Space, expand: &Expand) -> Value {
        let mut value = json!({
            "id": space.id, "key": space.key, "name": space.name,
            "status": if space.archived { "archived" } else { "current" },
            "type": if space.personal { "personal" } else { "global" },
            "_links": {
                "webui": self.space_page(space), "self": self.rest(&format!("space/{}", encode(&space.key))),
            },
        });
        let mut more = Parts::default();
        more.put(
            expand.has("description"),
            "description",
            || json!({ "plain": { "value": space.description, "representation": "plain", "embeddedContent": [] } }),
        );
        let home = space.homepage.and_then(|id| world.content.get(&id));
        let closed = home.map_or(String::new(), |c| format!("/rest/api/content/{}", c.id));
        more.put_or(expand.has("homepage"), "homepage", &closed, || {
            home.map_or(Value::Null, |c| self.content(world, c, &expand.inside("homepage")))
        });
        more.put(expand.has("metadata"), "metadata", || {
            let labels: Vec<Value> = space.labels.iter().map(Self::label).collect();
            json!({ "labels": list(labels) })
        });
        more.put(expand.has("permissions"), "permissions", || self.permissions(world, space));
        more.put(
            expand.has("icon"),
            "icon",
            || json!({ "path": "/images/logo/default-space-logo.svg", "width": 48, "height": 48, "isDefault": true }),
        );
        more.join(&mut value);
        value
    }

    fn space_page(&self, space: &Space) -> String {
        match self.cloud {
            true => format!("/spaces/{}", encode(&space.key)),
            false => format!("/display/{}", encode(&space.key)),
        }
    }

    /// Returns the address of the page of content, below the base.
    pub(crate) fn web(&self, world: &World, content: &Content) -> String {
        let key = world.space_by_id(content.space).map_or("", |s| s.key.as_str());
        let name = encode_name(content.title());
        match (content.kind, self.cloud) {
            (Kind::Page, true) => format!("/spaces/{key}/pages/{}/{name}", content.id),
            (Kind::Blog, true) => format!("/spaces/{key}/blog/{}/{name}", content.id),
            (Kind::Page | Kind::Blog, false) => format!("/display/{key}/{name}"),
            (Kind::Comment, _) => {
                let page = content.container.and_then(|id| world.content.get(&id));
                let page = page.map_or(String::new(), |p| self.web(world, p));
                format!("{page}?focusedCommentId={id}#comment-{id}", id = content.id)
            }
            (Kind::Attachment, _) => {
                let page = content.container.unwrap_or(0);
                format!("/pages/viewpageattachments.action?pageId={page}&preview=/{page}/{}/{name}", content.id)
            }
        }
    }

    /// Returns the address of an attachment's bytes, below the base.
    pub(crate) fn download(content: &Content) -> String {
        let (page, name, version) = (content.container.unwrap_or(0), encode_name(content.title()), content.now());
        format!(
            "/download/attachments/{page}/{name}?version={}&modificationDate={}&api=v2",
            version.number, version.when
        )
    }

    /// Writes a version.
    pub(crate) fn version(&self, world: &World, content: &Content, version: &Version) -> Value {
        json!({
            "by": self.someone(world, version.by), "when": stamp_z(version.when), "message": version.message,
            "number": version.number, "minorEdit": version.minor,
            "_links": { "self": self.rest(&format!("content/{}/version/{}", self.id(content), version.number)) },
            "_expandable": { "content": format!("/rest/api/content/{}", self.id(content)) },
        })
    }

    fn body(&self, world: &World, version: &Version, expand: &Expand) -> Value {
        let mut parts = Parts::default();
        for format in FORMATS {
            parts.put(expand.has(format), format, || body_in(world, &version.body, format, &self.base));
        }
        let mut value = json!({});
        parts.join(&mut value);
        value
    }

    /// Writes content as it is now.
    pub(crate) fn content(&self, world: &World, content: &Content, expand: &Expand) -> Value {
        self.content_at(world, content, content.now(), expand)
    }

    /// Writes content as it was in a version.
    pub(crate) fn content_at(&self, world: &World, content: &Content, version: &Version, expand: &Expand) -> Value {
        let id = self.id(content);
        let own = format!("/rest/api/content/{id}");
        let current = version.number == content.now().number;
        let status = if current { content.status.name() } else { "historical" };
        let mut value = json!({ "id": id, "type": content.kind.name(), "status": status, "title": version.title });
        if content.kind == Kind::Page {
            value["position"] = json!(content.position);
        }
        let mut parts = Parts::default();
        let space = world.space_by_id(content.space);
        let closed = space.map_or(String::new(), |s| format!("/rest/api/space/{}", s.key));
        parts.put_or(expand.has("space"), "space", &closed, || {
            space.map_or(Value::Null, |s| self.space(world, s, &expand.inside("space")))
        });
        parts.put_or(expand.has("history"), "history", &format!("{own}/history"), || {
            self.history(world, content, &expand.inside("history"))
        });
        parts.put(expand.has("version"), "version", || self.version(world, content, version));
        parts.put(expand.has("ancestors"), "ancestors", || {
            let inside = expand.inside("ancestors");
            world.ancestors(content).into_iter().map(|c| self.content(world, c, &inside)).collect()
        });
        parts.put(expand.has("body"), "body", || self.body(world, version, &expand.inside("body")));
        parts.put(expand.has("metadata"), "metadata", || self.metadata(content, &expand.inside("metadata")));
        parts.put_or(expand.has("children"), "children", &format!("{own}/child"), || {
            self.children(world, content, &expand.inside("children"))
        });
        parts.put_or(expand.has("restrictions"), "restrictions", &format!("{own}/restriction/byOperation"), || {
            self.restrictions(world, content)
        });
        let container = content.container.and_then(|id| world.content.get(&id));
        parts.put(expand.has("container"), "container", || match container {
            Some(on) => self.content(world, on, &expand.inside("container")),
            None => space.map_or(Value::Null, |s| self.space(world, s, &Expand::default())),
        });
        parts.put(expand.has("operations"), "operations", || self.operations(world, content));
        parts.put_or(expand.has("descendants"), "descendants", &format!("{own}/descendant"), || {
            let below = world.descendants(content.id).into_iter().map(|c| self.content(world, c, &Expand::default()));
            json!({ "page": list(below.collect()) })
        });
        parts.join(&mut value);
        value["extensions"] = Self::extensions(content, version);
        if content.kind == Kind::Attachment && !expand.has("metadata") {
            value["metadata"] = json!({ "mediaType": mime(version), "comment": version.message });
        }
        value["_links"] = self.links(world, content);
        value
    }

    fn links(&self, world: &World, content: &Content) -> Value {
        let id = self.id(content);
        let mut links = json!({
            "self": self.rest(&format!("content/{id}")), "webui": self.web(world, content),
            "base": self.base, "context": self.context(), "collection": "/rest/api/content",
        });
        match content.kind {
            Kind::Attachment => {
                links["download"] = json!(Self::download(content));
                links["container"] = json!(format!("/rest/api/content/{}", content.container.unwrap_or(0)));
            }
            Kind::Page | Kind::Blog => {
                links["edit"] = json!(format!("/pages/resumedraft.action?draftId={id}"));
                links["tinyui"] = json!(format!("/x/{}", text::tiny(content.id)));
            }
            Kind::Comment => {}
        }
        links
    }

    fn extensions(content: &Content, version: &Version) -> Value {
        match content.kind {
            Kind::Page => json!({ "position": content.position }),
            Kind::Blog => json!({}),
            Kind::Attachment => {
                let size = version.file.as_ref().map_or(0, |(_, bytes)| bytes.len());
                json!({ "mediaType": mime(version), "fileSize": size, "comment": version.message })
            }
            Kind::Comment => {
                let resolution = if content.resolved { "resolved" } else { "open" };
                match &content.inline {
                    None => json!({ "location": "footer" }),
                    Some(text) => json!({
                        "location": "inline", "resolution": { "status": resolution },
                        "inlineProperties": { "originalSelection": text, "markerRef": format!("marker-{}", content.id) },
                    }),
                }
            }
        }
    }

    fn metadata(&self, content: &Content, expand: &Expand) -> Value {
        let mut value = json!({});
        if content.kind == Kind::Attachment {
            value = json!({ "mediaType": mime(content.now()), "comment": content.now().message });
        }
        let mut parts = Parts::default();
        parts.put(expand.has("labels"), "labels", || list(content.labels.iter().map(Self::label).collect()));
        parts.put(expand.has("properties"), "properties", || {
            let inside = expand.inside("properties");
            let wanted = content.properties.iter().filter(|p| inside.has(&p.key));
            Value::Object(wanted.map(|p| (p.key.clone(), self.property(content, p))).collect())
        });
        parts.join(&mut value);
        value
    }

    /// Writes a property of content.
    pub(crate) fn property(&self, content: &Content, property: &Property) -> Value {
        let id = self.id(content);
        json!({
            "id": property.id.to_string(), "key": property.key, "value": property.value,
            "version": { "when": stamp_z(property.when), "message": "", "number": property.version, "minorEdit": false },
            "_links": { "self": self.rest(&format!("content/{id}/property/{}", encode(&property.key))) },
            "_expandable": { "content": format!("/rest/api/content/{id}") },
        })
    }

    /// Writes who made content and when.
    pub(crate) fn history(&self, world: &World, content: &Content, expand: &Expand) -> Value {
        let id = self.id(content);
        let mut value = json!({
            "latest": true, "createdBy": self.someone(world, content.creator), "createdDate": stamp_z(content.created),
            "_links": { "self": self.rest(&format!("content/{id}/history")), "base": self.base, "context": self.context() },
        });
        let mut parts = Parts::default();
        parts.put(expand.has("lastUpdated"), "lastUpdated", || self.version(world, content, content.now()));
        let before = content.versions.iter().rev().nth(1);
        parts.put(expand.has("previousVersion") && before.is_some(), "previousVersion", || {
            before.map_or(Value::Null, |v| self.version(world, content, v))
        });
        parts.put(expand.has("contributors"), "contributors", || {
            let mut who: Vec<UserId> = content.versions.iter().map(|v| v.by).collect();
            who.sort_unstable();
            who.dedup();
            let users: Vec<Value> = who.into_iter().map(|id| self.someone(world, id)).collect();
            json!({ "publishers": { "type": "contributors", "users": users } })
        });
        parts.join(&mut value);
        value
    }

    fn children(&self, world: &World, content: &Content, expand: &Expand) -> Value {
        let visible = |all: Vec<&Content>, inside: &Expand| {
            let seen = all.into_iter().filter(|c| world.may_read(self.me, c));
            list(seen.map(|c| self.content(world, c, inside)).collect())
        };
        let mut parts = Parts::default();
        let own = format!("/rest/api/content/{}/child", self.id(content));
        for (name, all) in [
            ("page", world.children(content.id)),
            ("comment", world.hanging(Kind::Comment, content.id)),
            ("attachment", world.hanging(Kind::Attachment, content.id)),
        ] {
            parts.put_or(expand.has(name), name, &format!("{own}/{name}"), || visible(all, &expand.inside(name)));
        }
        let mut value = json!({});
        parts.join(&mut value);
        value
    }
}

/// Returns the type of an attachment.
pub(crate) fn mime(version: &Version) -> &str {
    version.file.as_ref().map_or("application/octet-stream", |(mime, _)| mime.as_str())
}

/// Returns the id that Cloud gives to a group.
pub(crate) fn group_id(name: &str) -> String {
    let sum = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
    format!("{:08x}-{:04x}-4f00-8000-{:012x}", sum >> 32, (sum >> 16) & 0xFFFF, sum & 0xFFFF_FFFF_FFFF)
}

/// Writes one format of a body.
pub(crate) fn body_in(world: &World, storage: &str, format: &str, base: &str) -> Value {
    let value = match format {
        "storage" | "editor" => storage.to_owned(),
        _ => text::view(world, storage, base),
    };
    json!({ "value": value, "representation": format, "_expandable": { "content": "" } })
}

/// A list inside of something else: always whole.
pub(crate) fn list(results: Vec<Value>) -> Value {
    let size = results.len();
    json!({ "results": results, "start": 0, "limit": size.max(25), "size": size })
}

/// The parts of a thing, each in full or as a name in `_expandable`.
#[derive(Default)]
struct Parts {
    open: Map<String, Value>,
    closed: Map<String, Value>,
}

impl Parts {
    fn put(&mut self, wanted: bool, name: &str, make: impl FnOnce() -> Value) {
        self.put_or(wanted, name, "", make);
    }

    /// The same, with the address where the part can be had.
    fn put_or(&mut self, wanted: bool, name: &str, address: &str, make: impl FnOnce() -> Value) {
        match wanted {
            true => self.open.insert(name.to_owned(), make()),
            false => self.closed.insert(name.to_owned(), json!(address)),
        };
    }

    fn join(self, into: &mut Value) {
        if let Value::Object(into) = into {
            into.extend(self.open);
            into.insert("_expandable".to_owned(), Value::Object(self.closed));
        }
    }
}

/// Says whether content may be listed at all.
pub(crate) fn is_current(content: &Content) -> bool {
    content.status == Status::Current
}
