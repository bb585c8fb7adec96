import { createHash, randomBytes } from 'node:crypto'
import type { Express, Request, Response } from 'express'
import type { Overall } from '../overall-readiness.ts'
import { statusPage, style } from './status-page.ts'
import { createWebFiles } from './web-files.ts'

const statusPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'`

/**
 * The web application: assets whose names change with their content, and one document for every other address. Until it is
 * built, the page that shows the state of the services stands in its place.
 */
export function addPages(app: Express, directory: string, overall: () => Promise<Overall>): void {
  const webFiles = createWebFiles(directory)
  app.get('/assets/:name', (request, response, next) => {
    const file = webFiles()?.assets.get(request.path)
    if (!file) return next()
    const zips = request.acceptsEncodings('gzip') === 'gzip'
    response.set({
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(zips && { 'Content-Encoding': 'gzip' }),
    })
    response.send(zips ? file.gzipped : file.body)
  })
  app.get('/{*page}', async (request, response, next) => {
    if (!isPage(request)) return next()
    const files = webFiles()
    if (!files) {
      const page = statusPage(await overall())
      response.set('Content-Security-Policy', statusPolicy).type('html').send(page)
    } else sendDocument(response, files.index)
  })
}

/** An address of a page has no dot; what a program asks for as JSON is none. */
function isPage(request: Request): boolean {
  return (
    !/^\/(?:v1|assets|session)(?:\/|$)/.test(request.path) &&
    !request.path.includes('.') &&
    request.accepts(['html', 'json']) === 'html'
  )
}

/** Scripts come from files alone. The editor makes style elements of its own, which carry the nonce of this response. */
function sendDocument(response: Response, index: string): void {
  const nonce = randomBytes(16).toString('base64')
  response
    .set(
      'Content-Security-Policy',
      [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
    )
    .type('html')
    .send(index.replaceAll('%NONCE%', nonce))
}
