import type { Running } from './service.ts'

/**
 * Ends a start function: what it has opened stays open until `close`, which closes it in reverse order and every part even
 * where another cannot be closed. Until then the stack is the start function's own, so that a start that fails closes
 * what it had opened:
 *
 *     await using stack = new AsyncDisposableStack()
 *     const database = stack.use(openDatabase(…))
 *     stack.use(await listen(…))
 *     return running(stack)
 */
export function running(stack: AsyncDisposableStack): Running {
  const open = stack.move()
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= open.disposeAsync()
    return closed
  }
  return { close, [Symbol.asyncDispose]: close }
}
