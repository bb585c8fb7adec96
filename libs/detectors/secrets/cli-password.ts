import type { Findings } from '../findings.ts'
import { isLikelyKey, isLikelyPassword } from './plausibility.ts'

/** Tools whose one-letter option takes a password, by that letter; those of `attached` write it without a space. */
const tools: Record<string, RegExp> = {
  p: /(?:mysql\w*|mariadb\w*|sshpass|docker login|podman login|helm registry login|mongo\w*|az login|rabbitmqadmin|7z[az]?|rar|unrar|htpasswd|pg_activity|influx|cqlsh|couchbase-cli|psexec\w{0,3})\b[^\n]{0,120}\s$/,
  a: /redis-cli\b[^\n]{0,120}\s$/,
  w: /(?:ldap\w+|mongorestore)\b[^\n]{0,120}\s$/,
  P: /(?:zip|unzip|sqlcmd|bcp|mosquitto_\w+|tsql)\b[^\n]{0,120}\s$/,
  U: /(?:smbclient|rpcclient|smbmap|smbget|winexe|net rpc)\b[^\n]{0,120}\s$/,
  k: /openssl\b[^\n]{0,120}\s$/,
}
const reach = 160
const maxPassword = 160

/** Reports the password of `mysql -pSECRET`, `redis-cli -a SECRET` and the like, whose `-` is at index `at`. */
export function scanCliPassword(text: string, at: number, findings: Findings): void {
  const tool = tools[text[at + 1] ?? '']
  if (!tool || text.charCodeAt(at - 1) !== 32) return
  if (!tool.test(text.slice(Math.max(0, at - reach), at))) return
  let start = at + 2
  if (isSpace(text.charCodeAt(start))) start++
  const quote = text.charCodeAt(start)
  const isQuoted = quote === 34 || quote === 39
  if (isQuoted) start++
  let end = start
  while (end - start < maxPassword && isPassword(text.charCodeAt(end), isQuoted ? quote : 0)) end++
  findings.looked(start, end)
  // Samba's `-U user%password`
  const percent = text[at + 1] === 'U' ? text.slice(start, end).indexOf('%') : 0
  if (percent < 0) return
  if (percent > 0) start += percent + 1
  const value = text.slice(start, end)
  if (value.startsWith('-') || end - start === maxPassword) return
  if (isLikelyPassword(value) || isLikelyKey(value)) findings.found('cli-password', start, end, 0.8)
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9
}

function isPassword(code: number, quote: number): boolean {
  return quote ? code !== quote && code >= 32 : code > 32 && code !== 34 && code !== 39 && code !== 96
}
