import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'

/** A reporter that prints what no test noticed as soon as it is known, and now and then how far it is: a run that is cut short says something too. */
class SayAtOnce {
  #counts = {}
  #tried = 0

  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    this.#counts[status] = (this.#counts[status] ?? 0) + 1
    this.#tried += 1
    if (status === 'Survived' || status === 'NoCoverage') {
      const place = `${fileName.replace(/^.*?(?=libs\/)/, '')}:${location.start.line}:${location.start.column}`
      console.log(`not noticed: ${place} ${mutatorName} ${JSON.stringify(replacement ?? '')}`)
    }
    if (this.#tried % 20 === 0) console.log(`${this.#tried} tried: ${JSON.stringify(this.#counts)}`)
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'say-at-once', SayAtOnce)]
