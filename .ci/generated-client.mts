// Runs every operation of the OpenAPI document through a client whose types are generated from it:
// it must compile, strictly, and each answer must be what its types say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const [url, file] = process.argv.slice(2);
assert(url && file);
const own = JSON.parse(readFileSync(file, "utf8")) as Record<
  "organization_label" | "client_id" | "client_secret",
  string
>;
// One list has another media type as well.
const api = createClient<paths, "application/json">({ baseUrl: url });

// The operations that were called, to be compared with those of the document at the end.
const called = new Set<string>();
api.use({
  onRequest({ request, schemaPath }) {
    called.add(`${request.method} ${schemaPath}`);
  },
});

type Schemas = components["schemas"];

// Fails with the error of the answer, whose type is known as well.
function must<T>({ data, error }: { data?: T; error?: unknown }): T {
  assert(data !== undefined, JSON.stringify(error));
  return data;
}

// A parameter with several values is repeated.
function encode(body: object): URLSearchParams {
  const pairs = Object.entries(body).flatMap(([name, value]) => [value].flat().map((it) => [name, String(it)]));
  return new URLSearchParams(pairs);
}

const asForm = { bodySerializer: encode, headers: { "Content-Type": "application/x-www-form-urlencoded" } };
const client = { client_id: own.client_id, client_secret: own.client_secret };
const form = { grant_type: "client_credentials", ...client };
const token = must(await api.POST("/oauth/token", { body: form, ...asForm }));
const guess = await api.POST("/oauth/token", { body: { ...form, client_secret: "wrong" }, ...asForm });
const code: Schemas["OAuthError"]["error"] = "invalid_client";
assert.deepEqual([guess.response.status, guess.error?.error], [401, code]);

// What verifiers read, and a token through its life.
const metadata = must(await api.GET("/.well-known/oauth-authorization-server", {}));
const keys = must(await api.GET("/.well-known/jwks.json", {})).keys;
assert(metadata.jwks_uri.endsWith("/.well-known/jwks.json") && keys.length > 0);
const other = must(await api.POST("/service-account-token", { body: form }));
const about = { body: { token: other.access_token, ...client }, ...asForm };
const active = must(await api.POST("/oauth/introspect", about));
assert.deepEqual([active.active, active.client_id, active.iss], [true, own.client_id, metadata.issuer]);
must(await api.POST("/oauth/revoke", about));
assert.deepEqual(must(await api.POST("/oauth/introspect", about)), { active: false });

api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token.access_token}`);
  },
});

const organization_id = own.organization_label;
const at = { organization_id };
const P = "/organizations/{organization_id}/service-accounts";
const Q = `${P}/{service_account_id}` as const;
const R = `${Q}/credentials` as const;
const S = `${R}/{credential_id}` as const;

// 1 to 4: service accounts.
const once = { "Idempotency-Key": crypto.randomUUID() };
const create = { params: { path: at, header: once }, body: { name: "Nightly", description: "export" } };
const account = must(await api.POST(P, create));
assert.deepEqual(must(await api.POST(P, create)), account);
const service_account_id = account.id;
const ofAccount = { path: { ...at, service_account_id } };
const page = must(await api.GET(P, { params: { path: at, query: { limit: 1, expand: ["permissions"] } } }));
assert.equal(page.items.length, 1);
assert.equal(page.permissions?.service_accounts.create, true);
const after = page.page_info.end_cursor;
assert(page.page_info.has_next_page && after);
const next = must(await api.GET(P, { params: { path: at, query: { after } } }));
assert(next.items.some((item) => item.id === service_account_id));
assert.deepEqual(must(await api.GET(Q, { params: ofAccount })), account);
const renamed = must(await api.PATCH(Q, { params: ofAccount, body: { name: "Daily", description: null } }));
assert.deepEqual([renamed.name, renamed.description], ["Daily", undefined]);

// 6 to 9: credentials.
const minted = must(await api.POST(R, { params: ofAccount, body: { name: "Production" } }));
assert(minted.client_secret?.startsWith("psk_"));
const credentials = must(await api.GET(R, { params: ofAccount }));
assert.deepEqual(credentials.items.map((item) => item.client_id), [minted.client_id]);
const ofCredential = { path: { ...ofAccount.path, credential_id: minted.id } };
const query = { expand: ["permissions"] };
const credential = must(await api.GET(S, { params: { ...ofCredential, query } }));
assert.equal(credential.permissions?.service_account_credentials.delete, true);
const described = must(await api.PATCH(S, { params: ofCredential, body: { description: "vault" } }));
assert.equal(described.description, "vault");

// Restrictions and expiry: set, kept, removed; and an error that names its field.
const expires_at = "2099-01-01T00:00:00Z";
const restrictions: Schemas["NewRestrictions"] = { addresses: ["127.0.0.0/8"], token_lifetime: 600 };
const bounded = must(await api.POST(R, { params: ofAccount, body: { name: "Bounded", expires_at, restrictions } }));
assert.deepEqual([bounded.expires_at, bounded.restrictions], ["2099-01-01T00:00:00.000000Z", restrictions]);
const ofBounded = { path: { ...ofAccount.path, credential_id: bounded.id } };
const change = { expires_at: null, restrictions: { addresses: null } };
const changed = must(await api.PATCH(S, { params: ofBounded, body: change }));
assert.deepEqual([changed.expires_at, changed.restrictions], [undefined, { token_lifetime: 600 }]);
const wrong = await api.PATCH(S, { params: ofBounded, body: { restrictions: { token_lifetime: 1 } } });
assert.deepEqual([wrong.error?.code, wrong.error?.field], ["BAD_USER_INPUT", "restrictions.token_lifetime"]);
const used = must(await api.GET(S, { params: { ...ofBounded, query: { expand: ["usage"] } } }));
assert.equal(used.usage?.token_count, 0);

// State: disabled, enabled, tokens revoked.
assert(must(await api.POST(`${Q}/disable`, { params: ofAccount })).disabled_at);
assert.equal(must(await api.POST(`${Q}/enable`, { params: ofAccount })).disabled_at, undefined);
must(await api.POST(`${Q}/revoke-tokens`, { params: ofAccount }));
assert(must(await api.POST(`${S}/disable`, { params: ofCredential })).disabled_at);
assert.equal(must(await api.POST(`${S}/enable`, { params: ofCredential })).disabled_at, undefined);
must(await api.POST(`${S}/revoke-tokens`, { params: ofCredential }));

// Rotation: started, read, cancelled; started again and finished.
const none = await api.GET(`${S}/rotation`, { params: ofCredential });
assert.equal(none.error?.status, 404);
const successor = must(await api.POST(`${S}/rotation`, { params: ofCredential, body: { overlap: 3600 } }));
const rotation = must(await api.GET(`${S}/rotation`, { params: ofCredential }));
assert.deepEqual([rotation.state, rotation.replaced_by, rotation.safe_to_revoke], ["overlapping", successor.id, true]);
const cancelled = must(await api.POST(`${S}/rotation/cancel`, { params: ofCredential, body: { force: true } }));
assert.deepEqual([cancelled.deleted_id, cancelled.credential.id], [successor.id, minted.id]);
must(await api.POST(`${S}/rotation`, { params: ofCredential }));
assert(must(await api.POST(`${S}/rotation/finish`, { params: ofCredential })).retires_at);
const late = await api.POST(`${S}/rotation/cancel`, { params: ofCredential });
const reason: Schemas["Error"]["reason"] = "CREDENTIAL_NOT_ACTIVE";
assert.deepEqual([late.error?.code, late.error?.reason], ["CONFLICT", reason]);

// Roles and scopes of APIs.
const ofRole = { path: { ...ofAccount.path, role: "org_viewer" } };
const held = must(await api.PUT(`${Q}/roles/{role}`, { params: ofRole }));
assert.deepEqual(must(await api.GET(`${Q}/roles`, { params: ofAccount })), held);
assert.equal(held.items[0]?.label, "org_viewer");
assert.equal((await api.DELETE(`${Q}/roles/{role}`, { params: ofRole })).response.status, 204);
const A = "/organizations/{organization_id}/apis";
const orders = { identifier: `https://${crypto.randomUUID()}.example`, name: "Orders", scopes: ["read", "write"] };
const registered = must(await api.POST(A, { params: { path: at }, body: orders }));
const ofApi = { path: { ...at, api_id: registered.id } };
assert.deepEqual(must(await api.GET(`${A}/{api_id}`, { params: ofApi })), registered);
assert(must(await api.GET(A, { params: { path: at } })).items.some((item) => item.id === registered.id));
assert.equal(must(await api.PATCH(`${A}/{api_id}`, { params: ofApi, body: { name: "Bills" } })).name, "Bills");
assert.deepEqual(must(await api.GET(A, { params: { path: at } })).page_info, { has_next_page: false, has_prev_page: false });
const G = `${Q}/api-grants` as const;
const ofGrant = { path: { ...ofAccount.path, api_id: registered.id } };
const granted = must(await api.PUT(`${G}/{api_id}`, { params: ofGrant, body: { scopes: ["read", "write"] } }));
assert.deepEqual(must(await api.GET(G, { params: ofAccount })).items, [granted]);
const revoke = { params: { ...ofGrant, query: { scope: "write" } } };
assert.equal((await api.DELETE(`${G}/{api_id}`, revoke)).response.status, 204);
assert.deepEqual(must(await api.GET(G, { params: ofAccount })).items[0]?.scopes, ["read"]);
const reduce = { params: ofApi, body: { add_scopes: ["list"], remove_scopes: ["read"] } };
const held_back: Schemas["Error"]["reason"] = "SCOPE_IN_USE";
assert.equal((await api.PATCH(`${A}/{api_id}`, reduce)).error?.reason, held_back);
const forced = must(await api.PATCH(`${A}/{api_id}`, { ...reduce, body: { ...reduce.body, force: true } }));
assert.deepEqual([forced.scopes, forced.revoked_grants], [["write", "list"], 1]);
assert.equal((await api.DELETE(`${A}/{api_id}`, { params: ofApi })).response.status, 204);

// The audit trail.
const E = "/organizations/{organization_id}/audit-events";
const events = must(await api.GET(E, { params: { path: at, query: { limit: 100 } } }));
assert(events.items.some((event) => event.actor_kind === "service_account" && event.actor_id));

// Finding, counting, and changing several at once.
const O = "/organizations/{organization_id}";
const inOrganization = { params: { path: at } };
assert(must(await api.GET(`${O}/credentials`, inOrganization)).items.length > 0);
assert(must(await api.GET(`${O}/credential-counts`, inOrganization)).total > 0);
assert(must(await api.GET(`${O}/service-account-counts`, inOrganization)).total > 0);
must(await api.GET(`${O}/limits`, inOrganization));
must(await api.GET(`${O}/audit-event-types`, inOrganization));
assert.equal((await api.GET(`${O}/apis/{api_id}/grants`, { params: ofApi })).response.status, 404);
const head = await api.GET(`${O}/audit-head`, inOrganization);
assert([200, 404].includes(head.response.status), "404 before the first block");
for (const action of ["disable", "enable"] as const) {
  const ids = [ofAccount.path.service_account_id];
  const accounts = await api.POST(`${O}/service-accounts/${action}`, { ...inOrganization, body: { ids } });
  assert.equal(must(accounts).results[0]?.outcome, "CHANGED");
  const body = { ids: [ofCredential.path.credential_id], dry_run: true };
  assert.equal(must(await api.POST(`${O}/credentials/${action}`, { ...inOrganization, body })).results.length, 1);
}
must(await api.GET(`${S}/usage`, { params: ofCredential }));

// Roles of the organization.
const rotator = { label: "generated", name: "Generated", permissions: ["roles:list"] };
assert.equal(must(await api.POST(`${O}/roles`, { ...inOrganization, body: rotator })).built_in, false);
const ofOwnRole = { path: { ...at, role: "generated" } };
assert.deepEqual(must(await api.GET(`${O}/roles/{role}`, { params: ofOwnRole })).permissions, ["roles:list"]);
const updatedRole = must(await api.PATCH(`${O}/roles/{role}`, { params: ofOwnRole, body: { name: "Renamed" } }));
assert.deepEqual([updatedRole.name, updatedRole.holder_count], ["Renamed", 0]);
const ofOwnGrant = { path: { ...ofAccount.path, role: "generated" } };
assert.equal(must(await api.GET(`${Q}/roles/{role}/may-grant`, { params: ofOwnGrant })).may_grant, true);
must(await api.GET(`${Q}/role-bindings`, { params: ofAccount }));
must(await api.GET(`${Q}/effective-permissions`, { params: ofAccount }));
must(await api.GET(`${S}/effective-permissions`, { params: ofCredential }));
assert(must(await api.GET("/permissions", {})).items.length > 0);
assert(must(await api.GET("/viewer", {})).effective_permissions.permissions.includes("roles:create"));
assert(must(await api.GET("/effective-permissions", {})).permissions.includes("roles:create"));
assert.equal((await api.DELETE(`${O}/roles/{role}`, { params: ofOwnRole })).response.status, 204);

// 10 and 5: deletes, and what is gone.
assert.equal((await api.DELETE(S, { params: ofCredential })).response.status, 204);
const gone = await api.GET(S, { params: ofCredential });
assert.deepEqual([gone.error?.status, gone.error?.code], [404, "NOT_FOUND"]);
assert.equal((await api.DELETE(Q, { params: ofAccount })).response.status, 204);

// The neighbours.
assert.equal(must(await api.GET("/organizations", {})).items[0]?.label, organization_id);
const organization = must(await api.GET("/organizations/{organization_id}", { params: { path: at } }));
const body = { name: organization.name };
must(await api.PATCH("/organizations/{organization_id}", { params: { path: at }, body }));
const roles = must(await api.GET("/organizations/{organization_id}/roles", { params: { path: at } }));
assert(roles.items.some((role) => role.label === "org_viewer"));

// Nothing was left out.
const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
const methods = ["get", "post", "put", "patch", "delete"];
const all = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
);
assert.deepEqual([...called].sort(), all.sort());
console.log(`the generated client ran all ${all.length} operations`);
