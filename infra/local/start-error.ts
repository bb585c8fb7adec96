/** Why the stack cannot run, in a sentence for the person who started it; shown without a stack. */
export class StartError extends Error {
  override name = 'StartError'
}
