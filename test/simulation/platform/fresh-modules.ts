import { registerHooks } from 'node:module'

const isFresh = /\/services\/audit\//

/**
 * Modules of a service keep things in memory, such as what they have noted in the database already. Each scenario loads them
 * anew, by a parameter of their URLs that goes on to what they import.
 */
export function installFreshModules(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const scenario = /\?scenario=(\d+)$/.exec(context.parentURL ?? '')?.[1]
      return scenario !== undefined && isFresh.test(resolved.url) && !resolved.url.includes('?')
        ? { ...resolved, url: `${resolved.url}?scenario=${scenario}` }
        : resolved
    },
  })
}
