import type { RequestListener } from 'node:http'

/** See mock/README in the next commit. */
export function createMockProvider(): RequestListener {
  return (_req, res) => {
    res.statusCode = 501
    res.end()
  }
}
