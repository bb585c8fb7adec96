import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { goldenClients, translateErrors, translateExchange } from './exchange.ts'

/** Writes the translated sides of the golden files from the others. */
const root = new URL('.', import.meta.url)

for (const client of goldenClients) {
  for (const entry of readdirSync(new URL(client, root), { withFileTypes: true })) {
    const folder = new URL(`${client}/${entry.name}`, root)
    if (entry.name === 'errors.json') {
      writeFileSync(folder, translateErrors(client, readFileSync(folder, 'utf8')))
    } else if (entry.isDirectory()) {
      const read = (name: string) => readFileSync(new URL(`${folder}/${name}`), 'utf8')
      for (const [name, text] of Object.entries(translateExchange(client, read))) {
        writeFileSync(new URL(`${folder}/${name}`), text)
      }
    }
  }
}
