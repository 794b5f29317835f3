// What both clients do: subscribe, receive, resume after a killed connection, be revoked midway.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

export const [url, file] = process.argv.slice(2)
const admin = JSON.parse(readFileSync(file, 'utf8'))

const EVENTS = `subscription ($organization: ID!, $after: String, $filter: AuditEventFilter) {
  auditEventAdded(organizationId: $organization, after: $after, filter: $filter) {
    cursor
    auditEvent { id action targetName }
  }
}`
const USAGE = `subscription ($credential: ID!) {
  credentialUsed(credentialId: $credential) { tokenCount lastUsedAt credential { id } }
}`

async function token(client) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret,
  })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body })
  assert.equal(response.status, 200)
  return (await response.json()).access_token
}

async function graphql(bearer, query, variables) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}

async function createAccount(bearer, name) {
  const input = { organizationId: admin.organization_id, name, roles: ['org_admin'] }
  const query = `mutation ($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) { serviceAccount { id } } }`
  return (await graphql(bearer, query, { input })).createServiceAccount.serviceAccount.id
}

async function createCredential(bearer, serviceAccountId) {
  const query = `mutation ($input: CreateCredentialInput!) {
    createCredential(input: $input) { credential { id clientId } clientSecret } }`
  const input = { serviceAccountId, name: 'Live' }
  const { credential, clientSecret } = (await graphql(bearer, query, { input })).createCredential
  return { id: credential.id, client_id: credential.clientId, client_secret: clientSecret }
}

// `connect(token)` returns { iterate(payload), kill() }: an async iterator of results, and the loss of the connection.
export async function run(name, connect) {
  const bearer = await token(admin)
  const organization = admin.organization_id
  const filter = { types: ['SERVICE_ACCOUNT_CREATE'] }

  // Events arrive. The first is created until the subscription, whose start has no sign, delivers one.
  let client = connect(bearer)
  let events = client.iterate({ query: EVENTS, variables: { organization, filter } })
  let first
  const wait = events.next().then((it) => (first = it))
  while (!first) {
    await createAccount(bearer, 'Warm')
    await Promise.race([wait, new Promise((done) => setTimeout(done, 500))])
  }
  let cursor = first.value.data.auditEventAdded.cursor

  // Nothing is lost and nothing repeated over connections that are killed.
  const names = Array.from({ length: 30 }, (_, number) => `${name} ${number}`)
  const writing = (async () => {
    for (const it of names) await createAccount(bearer, it)
  })()
  const received = []
  const ids = new Set()
  let connections = 1
  while (received.length < names.length) {
    for (let count = 0; count < 7 && received.length < names.length; ) {
      const { value, done } = await events.next()
      assert(!done, 'the subscription has ended')
      const event = value.data.auditEventAdded
      assert(!ids.has(event.auditEvent.id), 'repeated')
      ids.add(event.auditEvent.id)
      cursor = event.cursor
      if (event.auditEvent.targetName === 'Warm') continue
      received.push(event.auditEvent.targetName)
      count += 1
    }
    client.kill()
    connections += 1
    client = connect(bearer)
    events = client.iterate({ query: EVENTS, variables: { organization, filter, after: cursor } })
  }
  await writing
  client.kill()
  assert.deepEqual(received, names)

  // A query over the same connection.
  const other = await createAccount(bearer, `${name} revoked`)
  const credential = await createCredential(bearer, other)
  client = connect(bearer)
  const viewer = await client.iterate({ query: '{ viewer { organization { id } } }' }).next()
  assert.equal(viewer.value.data.viewer.organization.id, organization)

  // Usage is reported, and a credential that is disabled ends its own connections.
  const watched = connect(await token(credential))
  const ended = (async () => {
    try {
      for await (const result of watched.iterate({ query: EVENTS, variables: { organization } })) {
        if (result.errors) throw result.errors
      }
    } catch (error) {
      return error
    }
  })()
  const usage = client.iterate({ query: USAGE, variables: { credential: credential.id } })
  let used
  const waiting = usage.next().then((it) => (used = it))
  while (!used) {
    await token(credential)
    await Promise.race([waiting, new Promise((done) => setTimeout(done, 300))])
  }
  assert.equal(used.value.data.credentialUsed.credential.id, credential.id)
  const disable = 'mutation ($input: DisableCredentialInput!) { disableCredential(input: $input) { clientMutationId } }'
  await graphql(bearer, disable, { input: { id: credential.id } })
  const error = await ended
  client.kill()
  console.log(`${name}: ${received.length} events over ${connections - 1} connections, none lost or repeated; usage; revoked`)
  return error
}
