// Puts GraphiQL together. React, GraphiQL and its explorer are globals of scripts that ran before.

import { examples } from './examples.js'
import { createFetcher } from './fetcher.js'
import { onTokenChange } from './sign-in.js'
import { storage } from './storage.js'

const place = document.getElementById('graphiql')
const missing = ['React', 'ReactDOM', 'GraphiQL', 'GraphiQLPluginExplorer'].filter((name) => !(name in globalThis))
if (missing.length > 0) {
  place.textContent = `${missing.join(', ')} could not be loaded. Check the network connection and reload the page.`
  throw new Error(place.textContent)
}

const root = ReactDOM.createRoot(place)
const plugins = [GraphiQLPluginExplorer.explorerPlugin()]
let hasSchema = false

function render() {
  const options = {
    fetcher: createFetcher(),
    onSchemaChange: (schema) => (hasSchema = Boolean(schema)),
    storage,
    plugins,
    defaultTabs: examples,
    defaultEditorToolsVisibility: 'variables',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  }
  root.render(React.createElement(GraphiQL, options))
}

// Where anonymous callers may not read the schema, GraphiQL reads it with the token.
onTokenChange(() => hasSchema || render())
render()
