// The life of a service account, run through a client with a normalized cache. Everything that a client writes to
// the console is a problem: its developers would have to explain it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import * as life from './life.js'

export type ErrorExtensions = { code: string; field?: string; permission?: string; reason?: string }

export interface Client {
  /** From the server; throws an error with `extensions` where the response has one. */
  query<D, V extends object>(document: TypedDocumentNode<D, V>, variables: V): Promise<D>
  /** From the cache alone; nothing where a part of it is missing. */
  cached<D, V extends object>(document: TypedDocumentNode<D, V>, variables: V): Promise<D | undefined>
  mutate<D, V extends object>(document: TypedDocumentNode<D, V>, variables: V): Promise<D>
}

export type Settings = { possibleTypes: Record<string, string[]>; embeddedTypes: string[] }
export const settings = JSON.parse(readFileSync('client-cache.json', 'utf8')) as Settings

const [url = '', file = ''] = process.argv.slice(2)
export const endpoint = `${url}/graphql`
type Secret = { client_id: string; client_secret: string; organization_label: string }
const admin = JSON.parse(readFileSync(file, 'utf8')) as Secret

export async function token({ client_id, client_secret }: Secret): Promise<string> {
  const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64')
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return `Bearer ${access_token}`
}
export const authorization = await token(admin)

const problems: unknown[][] = []
for (const level of ['warn', 'error', 'info', 'debug'] as const) {
  console[level] = (...words: unknown[]) => void problems.push([level, ...words])
}

/** What a mutation or query is refused with. */
async function refusal(work: Promise<unknown>): Promise<ErrorExtensions> {
  try {
    await work
  } catch (error) {
    return (error as { extensions: ErrorExtensions }).extensions
  }
  throw new Error('the operation was not refused')
}

export async function live(name: string, client: Client) {
  const organization = admin.organization_label
  const page = { organization, first: 100 }
  const before = (await client.query(life.PageDocument, page)).organization
  assert(before?.serviceAccounts?.permissions.serviceAccounts.create)

  const created = await client.mutate(life.CreateAccountDocument, {
    input: { organizationId: organization, name: 'Exporter', description: 'Nightly', roles: ['org_viewer'] },
  })
  const id = created.createServiceAccount?.serviceAccount?.id
  assert(id)
  const secret = await client.mutate(life.CreateCredentialDocument, {
    input: { serviceAccountId: id, name: 'Production', idempotencyKey: crypto.randomUUID() },
  })
  assert.match(secret.createCredential?.clientSecret ?? '', /^psk_/)
  const credential = secret.createCredential?.credential?.id
  assert(credential)

  type Account = { __typename?: 'ServiceAccount' } & life.AccountRowFragment & {
    credentials: { totalCount: number; nodes: life.CredentialRowFragment[] } | null
  }
  const shown = async (from: 'query' | 'cached') =>
    (await client[from](life.AccountDocument, { id }))?.node as Account | undefined
  assert.equal((await shown('query'))?.credentials?.totalCount, 1)

  // What a mutation returns changes what is shown, without another request.
  await client.mutate(life.UpdateAccountDocument, { input: { id, name: 'Importer', description: null } })
  assert.equal((await shown('cached'))?.name, 'Importer')
  assert.equal((await shown('cached'))?.description, null)
  const row = async () => (await shown('cached'))?.credentials?.nodes.find((it) => it.id === credential)
  await client.mutate(life.UpdateCredentialDocument, {
    input: { id: credential, restrictions: { scopes: ['service_accounts:read'], tokenLifetime: 600 } },
  })
  assert.deepEqual((await row())?.restrictions?.scopes, ['service_accounts:read'])
  const rotation = await client.mutate(life.StartRotationDocument, { input: { id: credential, overlap: 600 } })
  assert.equal((await row())?.rotation?.state, 'OVERLAPPING')
  const cancelled = await client.mutate(life.CancelRotationDocument, { input: { id: credential } })
  assert.equal(cancelled.cancelCredentialRotation?.deletedId, rotation.startCredentialRotation?.newCredential?.id)
  assert.equal((await row())?.rotation, null)
  await client.mutate(life.DisableCredentialDocument, { input: { id: credential } })
  assert((await row())?.disabledAt)

  const rename = client.mutate(life.UpdateAccountDocument, { input: { id, name: '' } })
  const { code, field } = await refusal(rename)
  assert.deepEqual({ code, field }, { code: 'BAD_USER_INPUT', field: 'name' })
  const rotate = client.mutate(life.StartRotationDocument, { input: { id: credential } })
  assert.equal((await refusal(rotate)).reason, 'CREDENTIAL_NOT_ACTIVE')

  const deleted = await client.mutate(life.DeleteAccountDocument, { input: { id } })
  assert.equal(deleted.deleteServiceAccount?.deletedId, id)
  const after = (await client.query(life.PageDocument, page)).organization
  assert.equal(after?.serviceAccounts?.nodes.length, before.serviceAccounts.nodes.length)
  const events = await client.query(life.EventsDocument, { organization })
  const last = events.organization?.auditEvents?.nodes.at(-1)
  assert.equal(last?.action, 'service_account.delete')
  assert.equal(last.target, null)
  assert(last.actor && 'name' in last.actor)

  assert.deepEqual(problems, [])
  console.log(`${name}: the life of an account, without a warning`)
}
