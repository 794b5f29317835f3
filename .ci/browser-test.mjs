// Drives the start page and GraphiQL in Chromium: sign-in, query, mutation, subscription, docs explorer, and what the
// browser stores. Every request to another host is blocked and fails the test, like console errors and CSP violations.
//
// Usage: browser-test.mjs URL CREDENTIALS.json [SCREENSHOT.png]
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'

const [url, file, screenshot] = process.argv.slice(2)
const { client_id, client_secret, organization_label } = JSON.parse(readFileSync(file, 'utf8'))
const profile = mkdtempSync(path.join(tmpdir(), 'postern-browser-'))
const problems = []
// What must not be stored: the client secret, the token, and the secret of a credential that the test creates.
const secrets = [client_secret]

const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // No name resolves: what is fetched past the route below fails as well.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
})
browser.setDefaultTimeout(20_000)

await browser.route('**/*', (route) => {
  const address = route.request().url()
  if (new URL(address).origin === url || /^(data|blob):/.test(address)) return route.continue()
  problems.push(`foreign request: ${address}`)
  return route.abort()
})
await browser.exposeFunction('reportViolation', (text) => problems.push(`CSP violation: ${text}`))
await browser.addInitScript(() => {
  addEventListener('securitypolicyviolation', (event) =>
    window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`),
  )
})

const page = browser.pages()[0]
// Chromium writes an error for each 4xx that the test provokes; it asserts those by what the page says.
const isExpected = (text) => /status of 401/.test(text)
page.on('console', (message) => {
  if (message.type() === 'error' && !isExpected(message.text())) problems.push(`console: ${message.text()}`)
})
page.on('pageerror', (error) => problems.push(`page error: ${error}`))
page.on('response', async (response) => {
  if (response.url() === `${url}/oauth/token` && response.ok()) secrets.push((await response.json()).access_token)
})

const state = page.locator('#state')
const editor = (name) => page.locator(`.graphiql-${name} .CodeMirror`)
// The variables or the headers, by the tab that is selected.
const TOOL = 'editor-tool .graphiql-editor:not(.hidden)'
const setValue = (name, text) => editor(name).evaluate((element, text) => element.CodeMirror.setValue(text), text)
const getValue = (name) => editor(name).evaluate((element) => element.CodeMirror.getValue())

/** Runs the current tab and returns the response. */
async function run() {
  // GraphiQL notices the operation of another document a moment later.
  await page.waitForFunction(() => {
    const editor = document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror
    const name = /(?:query|mutation) (\w+)/.exec(editor.getValue())?.[1]
    return (editor.operationName ?? undefined) === name
  })
  // GraphiQL reads the schema by itself, under a name that none of the operations here has.
  const isAnswer = (response) =>
    response.url() === `${url}/graphql` && !response.request().postData().includes('IntrospectionQuery')
  const answered = page.waitForResponse(isAnswer)
  await page.getByRole('button', { name: /Execute query/ }).click()
  const response = await (await answered).json()
  await page.waitForFunction(() => {
    const shown = document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue()
    return /"(data|errors)"/.test(shown)
  })
  assert.deepEqual(JSON.parse(await getValue('response')), response)
  return response
}

/** Subscribes to audit events, until one of two accounts that are created has been shown; then stops. */
async function subscribe() {
  await page.getByRole('tab', { name: 'AuditEvents' }).click()
  await setValue(TOOL, JSON.stringify({ organizationId: organization_label }))
  const answered = page.waitForResponse(`${url}/graphql/stream`)
  await page.getByRole('button', { name: /Execute query/ }).click()
  const response = await answered
  assert.equal(response.headers()['content-type'], 'text/event-stream; charset=utf-8')
  const shown = () => document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue()
  for (let number = 0; !(await page.evaluate(shown)).includes('Shown'); number += 1) {
    await createAccount(`Shown ${number}`)
  }
  const ended = page.waitForEvent('requestfailed', (request) => request.url() === `${url}/graphql/stream`)
  await page.getByRole('button', { name: /Stop query/ }).click()
  await ended
  await page.getByRole('button', { name: /Execute query/ }).waitFor()
  const { auditEvent } = JSON.parse(await page.evaluate(shown)).data.auditEventAdded
  assert.equal(auditEvent.action, 'service_account.create')
}

/** Creates a service account without the page. */
async function createAccount(name) {
  const input = { organizationId: organization_label, name }
  const query = `mutation ($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) { serviceAccount { id } } }`
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets[1]}` },
    body: JSON.stringify({ query, variables: { input } }),
  })
  assert.equal((await response.json()).errors, undefined)
}

async function signIn(id, secret) {
  await page.locator('#client-id').fill(id)
  await page.locator('#client-secret').fill(secret)
  await page.getByRole('button', { name: 'Get token' }).click()
}

/** Everything that scripts can store in a browser. */
function stored() {
  return page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name)
    const caches = await window.caches?.keys()
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, caches])
  })
}

/** Files of the browser's profile that contain `text`. */
function filesWith(text) {
  const entries = readdirSync(profile, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
  return files.filter((file) => ['latin1', 'utf16le'].some((encoding) => readFileSync(file, encoding).includes(text)))
}

async function test() {
  await page.goto(`${url}/`)
  await page.getByRole('link', { name: 'GraphiQL' }).click()
  await page.waitForURL(`${url}/graphiql`)
  await page.locator('.graphiql-container').waitFor()
  assert.equal(await page.locator('#notice').count(), 0, 'GraphiQL is not embedded')
  assert.match(await state.textContent(), /^No token/)

  await page.getByRole('tab', { name: 'WhoAmI' }).waitFor()
  assert.equal((await run()).errors[0].extensions.code, 'UNAUTHENTICATED')
  await page.getByText('A token is needed').waitFor()
  await signIn(client_id, 'psk_wrong')
  await page.getByText('Sign-in failed').waitFor()
  await signIn(client_id, client_secret)
  await page.getByText('Token valid until').waitFor()
  assert.match(await page.locator('#left').textContent(), /min left/)
  assert.equal(await page.locator('#client-secret').inputValue(), '')

  const { viewer } = (await run()).data
  assert.equal(viewer.organization.label, organization_label)

  await page.getByRole('tab', { name: 'CreateServiceAccount' }).click()
  const input = JSON.parse(await getValue(TOOL))
  assert.equal(input.input.organizationId, 'dev')
  input.input.organizationId = organization_label
  await setValue(TOOL, JSON.stringify(input, null, 2))
  const created = (await run()).data.createServiceAccount.serviceAccount

  await setValue('query-editor', 'mutation Secret($input: CreateCredentialInput!) { createCredential(input: $input) { clientSecret } }')
  await setValue(TOOL, JSON.stringify({ input: { serviceAccountId: created.id, name: 'Production' } }))
  secrets.push((await run()).data.createCredential.clientSecret)

  await subscribe()

  await page.getByRole('tab', { name: 'ServiceAccounts', exact: true }).click()
  const listed = (await run()).data.viewer.organization.serviceAccounts.nodes
  assert(listed.some((account) => account.id === created.id))

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
  await page.locator('.graphiql-doc-explorer').getByText('Mutation', { exact: true }).click()
  await page.locator('.graphiql-doc-explorer').getByText('createServiceAccount', { exact: true }).waitFor()
  if (screenshot) {
    await page.mouse.move(640, 4)
    await page.screenshot({ path: screenshot })
  }

  // Headers by hand, then history and favourites: none of it may be stored.
  await page.getByRole('button', { name: 'Headers' }).click()
  await setValue(TOOL, JSON.stringify({ Authorization: `Bearer ${secrets[1]}`, 'X-Mine': client_secret }))
  await setValue('query-editor', '{ viewer { scopes } }')
  await run()
  await setValue('query-editor', `# ${client_secret}\n{ viewer { tokenExpiresAt } }`)
  await run()
  await page.getByRole('button', { name: 'Show History' }).click()
  const favorites = page.getByRole('button', { name: 'Add favorite' })
  await favorites.nth(1).click()
  await favorites.first().click()
  await page.getByRole('button', { name: /Show GraphiQL Explorer/ }).click()
  await page.locator('.graphiql-plugin').getByText('organizations', { exact: true }).waitFor()

  // The parts of GraphiQL that are most likely to need more than the policy allows.
  for (const [name, title] of [['Open settings dialog', 'Settings'], ['Open short keys dialog', 'Short Keys']]) {
    await page.getByRole('button', { name }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    assert.equal(await page.getByText('Persist headers').count(), 0)
    await page.keyboard.press('Escape')
  }
  await setValue('query-editor', '')
  await editor('query-editor').click()
  await page.keyboard.type('{ viewer { tok')
  await page.locator('.CodeMirror-hints').getByText('tokenExpiresAt').waitFor()
}

async function storesNoSecret() {
  const text = await stored()
  assert(text.includes('scopes'), 'nothing is stored at all')
  for (const secret of secrets) assert(!text.includes(secret), 'the browser stores a secret')
}

async function checkStorage() {
  await page.waitForFunction(() => localStorage.getItem('graphiql:favorites')?.includes('scopes'))
  assert.equal(secrets.filter(Boolean).length, 3)
  await storesNoSecret()
  await page.reload()
  await page.locator('.graphiql-container').waitFor()
  assert.match(await state.textContent(), /^No token/)
  await storesNoSecret()
  await browser.close()
  for (const secret of secrets) assert.deepEqual(filesWith(secret), [], 'the profile holds a secret')
}

try {
  await test()
  await checkStorage()
  assert.deepEqual(problems, [])
  console.log('the browser test passed')
} catch (error) {
  console.error([...problems, error.message.slice(0, 2_000), error.stack.slice(-500)].join('\n'))
  process.exitCode = 1
} finally {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}
