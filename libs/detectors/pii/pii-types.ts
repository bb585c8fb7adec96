/** Types of detections. Where two cover the same characters, the earlier one is reported. */
export const piiTypes = [
  'CREDIT_CARD',
  'IBAN',
  'SSN',
  'IP',
  'EMAIL',
  'NATIONAL_ID',
  'TAX_ID',
  'PASSPORT',
  'IMEI',
  'NPI',
  'MBI',
  'BANK_ROUTING',
  'BIC',
  'DRIVER_LICENSE',
  'HEALTH_INSURANCE',
  'VIN',
  'LICENSE_PLATE',
  'MAC_ADDRESS',
  'CRYPTO_WALLET',
  'DATE_OF_BIRTH',
  'ADDRESS',
  'PERSON',
  'BANK_ACCOUNT',
  'PHONE',
] as const

export type PiiType = (typeof piiTypes)[number]
