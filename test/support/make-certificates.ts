import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Certificates = { caFile: string; certFile: string; keyFile: string }

/** A certificate authority, and a certificate of it for these names (`DNS:…`, `IP:…`), made by openssl. */
export function makeCertificates(
  directory: string,
  name: string,
  names = 'DNS:localhost,IP:127.0.0.1',
): Certificates {
  const file = (suffix: string) => join(directory, `${name}${suffix}`)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const key = (path: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    path,
  ]
  const caKey = file('-ca.key')
  const caFile = file('-ca.pem')
  openssl('req', '-x509', ...key(caKey), '-out', caFile, '-days', '2', '-subj', `/CN=${name} test authority`)
  const request = file('.csr')
  const keyFile = file('.key')
  openssl('req', ...key(keyFile), '-out', request, '-subj', '/CN=airs-test')
  writeFileSync(file('.ext'), `subjectAltName=${names}\n`)
  const certFile = file('.pem')
  const signing = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', file('.ext')]
  openssl('x509', '-req', '-in', request, '-out', certFile, ...signing)
  chmodSync(keyFile, 0o600)
  return { caFile, certFile, keyFile }
}
