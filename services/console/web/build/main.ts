import { buildWeb } from './build.ts'

const began = performance.now()
const outcome = await buildWeb()
console.log(
  outcome === 'current'
    ? 'The console is built already.'
    : `The console is built (${((performance.now() - began) / 1_000).toFixed(1)} s).`,
)
