// Runs the operations of the REST surface through a client whose types are generated from the
// OpenAPI document: it must compile, strictly, and each answer must be what its types say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [url, file] = process.argv.slice(2);
assert(url && file);
const own = JSON.parse(readFileSync(file, "utf8")) as Record<
  "organization_label" | "client_id" | "client_secret",
  string
>;
const api = createClient<paths>({ baseUrl: url });

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

const form = { grant_type: "client_credentials", client_id: own.client_id, client_secret: own.client_secret };
const token = must(
  await api.POST("/oauth/token", {
    body: form,
    bodySerializer: encode,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
must(await api.POST("/service-account-token", { body: form }));
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
assert.match(minted.client_secret, /^psk_/);
const credentials = must(await api.GET(R, { params: ofAccount }));
assert.deepEqual(credentials.items.map((item) => item.client_id), [minted.client_id]);
const ofCredential = { path: { ...ofAccount.path, credential_id: minted.id } };
const query = { expand: ["permissions"] };
const credential = must(await api.GET(S, { params: { ...ofCredential, query } }));
assert.equal(credential.permissions?.service_account_credentials.delete, true);
const described = must(await api.PATCH(S, { params: ofCredential, body: { description: "vault" } }));
assert.equal(described.description, "vault");

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
console.log("the generated client ran all operations");
