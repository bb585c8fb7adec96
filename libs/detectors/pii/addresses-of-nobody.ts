/**
 * Addresses that lead to nobody in particular: loopback, private and link-local networks, documentation (RFC 1918, 3927, 5737,
 * 6890, 4193, 3849).
 */
const nobodys =
  /^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|255\.|::1?(?:\/|$)|fe[89ab][\da-f]:|f[cd][\da-f]{2}:|2001:0?db8:)/i

export function isNobodysAddress(address: string): boolean {
  return nobodys.test(address)
}
