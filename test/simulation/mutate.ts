import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { mutants } from './mutants.ts'

/** Loads the source with the change of a mutant. To be imported before that source. */
export function mutate(name: string): void {
  const mutant = mutants.find((one) => one.name === name)
  if (!mutant) throw new Error(`No mutant is named ${name}`)
  const root = join(import.meta.dirname, '..', '..')
  const wanted = pathToFileURL(join(root, mutant.file)).href
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url.replace(/\?scenario=\d+$/, '') !== wanted) return loaded
      const text = Buffer.from(loaded.source as Uint8Array).toString()
      const [before, after, ...more] = text.split(mutant.find)
      if (after === undefined || before === undefined || more.length > 0)
        throw new Error(`${mutant.file} does not have the text of mutant “${name}” exactly once`)
      return { ...loaded, source: `${before}${mutant.replace}${after}` }
    },
  })
}
