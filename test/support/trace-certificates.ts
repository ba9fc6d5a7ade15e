/**
 * Eight self-signed certificates of the tests' own (the names are borrowed, the keys are nobody's), each made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/O=imgtrust tests/CN=NAME" -days 36500`.
 */
import { createHash, X509Certificate } from 'node:crypto'

const made: readonly (readonly [string, string])[] = [
  [
    'AddTrust External Root',
    'MIIByzCCAXGgAwIBAgIUeq/H2ZRQd7M6sgKi8oa8gFJg6yowCgYIKoZIzj0EAwIwOjEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxHzAdBgNVBAMMFkFkZFRydXN0IEV4dGVybmFsIFJvb3QwIBcNMjYxMTIzMTUxMjU0WhgPMjEyNjEwMzAxNTEyNTRaMDox' +
      'FzAVBgNVBAoMDmltZ3RydXN0IHRlc3RzMR8wHQYDVQQDDBZBZGRUcnVzdCBFeHRlcm5hbCBSb290MFkwEwYHKoZIzj0CAQYI' +
      'KoZIzj0DAQcDQgAElSBAhe1W3bQtfYIZn8Y6TrQcjChU4sl+Etb9+rLQdaQzhiaAnuZGpjrgayGbiZ0GLJTybeTAndi/WT8j' +
      'FWeWT6NTMFEwHQYDVR0OBBYEFFhQj3itinXg8Uy/Y9XreGonZo9/MB8GA1UdIwQYMBaAFFhQj3itinXg8Uy/Y9XreGonZo9/' +
      'MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAI1bfHUiZ+9fQHfi6xpZ2fWdaoV+z/ZiBijcuc2DnBr0AiBS' +
      'pfEWu5ThFon2wYHT8AaFaiUlh0Kff6ampb5rBVkesQ==',
  ],
  [
    'Root One',
    'MIIBrzCCAVWgAwIBAgIUA6HyhP1VzKFwyuWpjrzbSaIyIYcwCgYIKoZIzj0EAwIwLDEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxETAPBgNVBAMMCFJvb3QgT25lMCAXDTI2MTEyMzE1MTI1NFoYDzIxMjYxMDMwMTUxMjU0WjAsMRcwFQYDVQQKDA5pbWd0' +
      'cnVzdCB0ZXN0czERMA8GA1UEAwwIUm9vdCBPbmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATCYrzcvF/nvVsVhHjP251T' +
      'PJmx0PZYPKO1LRc6WA1rnM9nnDKH0FdojYB4C/x7IAYdk/nvr6G7385WQPHIcMQVo1MwUTAdBgNVHQ4EFgQUAw3WUPgWTHy8' +
      'QFW7/Wgen8zt2+IwHwYDVR0jBBgwFoAUAw3WUPgWTHy8QFW7/Wgen8zt2+IwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD' +
      'AgNIADBFAiEAyiOItWGp0NX8lB7jXOkD6aspdKmdM2KdC13ijoAp2oICIFnIrY3IZqxgrTm203N4xokf77fEWudvJXibURW7' +
      '071r',
  ],
  [
    'Root Two',
    'MIIBsDCCAVWgAwIBAgIUb+jRaTTnB0u+ZfUCJx73eufBhuYwCgYIKoZIzj0EAwIwLDEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxETAPBgNVBAMMCFJvb3QgVHdvMCAXDTI2MTEyMzE1MTI1NFoYDzIxMjYxMDMwMTUxMjU0WjAsMRcwFQYDVQQKDA5pbWd0' +
      'cnVzdCB0ZXN0czERMA8GA1UEAwwIUm9vdCBUd28wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQBE2OxkRixwVuhlsSjx/5+' +
      'lId8pv4FbKU6t//oSJrNqS5tDX2UwkFZvhuvcY7XCAxnzPGxUU9ToMFrq1mA25Ilo1MwUTAdBgNVHQ4EFgQU1jflMhqLAMOc' +
      '5TGcCvJIVdSo/jEwHwYDVR0jBBgwFoAU1jflMhqLAMOc5TGcCvJIVdSo/jEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD' +
      'AgNJADBGAiEArHlZY99c0cmI7uj43Roq13ZeCEh6wjN7v5ireVMKxmMCIQC6xOS3lCXTp0+6jYPaC/wcUhVNkGenTRZA75JX' +
      '/PLAsQ==',
  ],
  [
    'DST Root CA X3',
    'MIIBuzCCAWGgAwIBAgIUCXVeDmBIfXIOppoITyyab5LJm44wCgYIKoZIzj0EAwIwMjEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxFzAVBgNVBAMMDkRTVCBSb290IENBIFgzMCAXDTI2MTEyMzE1MTI1NFoYDzIxMjYxMDMwMTUxMjU0WjAyMRcwFQYDVQQK' +
      'DA5pbWd0cnVzdCB0ZXN0czEXMBUGA1UEAwwORFNUIFJvb3QgQ0EgWDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATyMUvw' +
      'hz2g1rex5H2RppxRu1Y+wbgZnR7M7kaqyZSIR8lnYpaE2Q4Y7av5MNzEDR3232eKxE00eFE4SSNDArj3o1MwUTAdBgNVHQ4E' +
      'FgQUFLX7Vxm3SuDPwKtcPcYwZklyuv0wHwYDVR0jBBgwFoAUFLX7Vxm3SuDPwKtcPcYwZklyuv0wDwYDVR0TAQH/BAUwAwEB' +
      '/zAKBggqhkjOPQQDAgNIADBFAiB4B9fg+FCs+GIOzTjyKW1j37AnN/i2VNN+uV+5j3WjOwIhAM6clJK2Cat5KCkeoX7uoXWz' +
      'Y7aTcbvaIV+cvZsgPBK8',
  ],
  [
    'Root New',
    'MIIBrzCCAVWgAwIBAgIUY3czFk/8UHbi0klX7xi69Ia6yRYwCgYIKoZIzj0EAwIwLDEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxETAPBgNVBAMMCFJvb3QgTmV3MCAXDTI2MTEyMzE1MTI1NFoYDzIxMjYxMDMwMTUxMjU0WjAsMRcwFQYDVQQKDA5pbWd0' +
      'cnVzdCB0ZXN0czERMA8GA1UEAwwIUm9vdCBOZXcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQhUAA51KPBWWIDnQ8bvTOM' +
      'AT7k48IvOJnO8g7rIGhJqUz9oRMqtKXkBdfdlyy793szcr+ebaCp9lzLu3PPrEwko1MwUTAdBgNVHQ4EFgQUm3iaRCefs+EI' +
      '3c60gpaRvmVR5B0wHwYDVR0jBBgwFoAUm3iaRCefs+EI3c60gpaRvmVR5B0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD' +
      'AgNIADBFAiEAs7I8vXrYLq6Tqhq5627eTnjA0owzLaNUZdfISlCxuksCICWq10Pjz6drd8OkJw9hSu0GiGl7UDTr6kcY00fk' +
      'OgVG',
  ],
  [
    'Root Spare',
    'MIIBsjCCAVmgAwIBAgIUf5VyuAOg43XDYvZkMhYvo6p2/b0wCgYIKoZIzj0EAwIwLjEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxEzARBgNVBAMMClJvb3QgU3BhcmUwIBcNMjYxMTIzMTUxMjU0WhgPMjEyNjEwMzAxNTEyNTRaMC4xFzAVBgNVBAoMDmlt' +
      'Z3RydXN0IHRlc3RzMRMwEQYDVQQDDApSb290IFNwYXJlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvRN7NVvb3iZh1gg2' +
      '76JJUfLAcpUgFDchmHeAU+7GLa0z+HSseaj+mj4IyNK4lGbHlw/GA1sKp3JxpusqY2yzM6NTMFEwHQYDVR0OBBYEFCCpLWOE' +
      'qIZjPaS+lrgrfR+6Ux81MB8GA1UdIwQYMBaAFCCpLWOEqIZjPaS+lrgrfR+6Ux81MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI' +
      'zj0EAwIDRwAwRAIgCkJKj9u0ZxnyyKPUasEWd9uQDA7CP1d2ZQ/Gymiyf6gCIBvmXZx0bKl558W5P5jwZ7xMek6kgo1KxqGQ' +
      'b/NOThD2',
  ],
  [
    'Corporate CA',
    'MIIBuDCCAV2gAwIBAgIUHRmqZ62SjddTU4y+b8j9zhc+06swCgYIKoZIzj0EAwIwMDEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxFTATBgNVBAMMDENvcnBvcmF0ZSBDQTAgFw0yNjExMjMxNTEyNTRaGA8yMTI2MTAzMDE1MTI1NFowMDEXMBUGA1UECgwO' +
      'aW1ndHJ1c3QgdGVzdHMxFTATBgNVBAMMDENvcnBvcmF0ZSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEnF6wT/HHsD' +
      'nmWm2tXcX71jPN0iH50bqb2f3/wkcm+b1U9aZVEDMYDMt03zx+bubm/y+oDQTNaPs8gpYcp2nBujUzBRMB0GA1UdDgQWBBRR' +
      'Q6cQs8o1BOfweuQPEumCL/f6tDAfBgNVHSMEGDAWgBRRQ6cQs8o1BOfweuQPEumCL/f6tDAPBgNVHRMBAf8EBTADAQH/MAoG' +
      'CCqGSM49BAMCA0kAMEYCIQCTzr1ISNHfWWL9L3e14wN47hIBzAhm8AvzpyGObMNbwQIhAJ2B+66lhYzcR5FJCdk6b+lsqFdC' +
      'wvZEKt75PoicLUAi',
  ],
  [
    'Second Corporate CA',
    'MIIBxTCCAWugAwIBAgIUOdwGHpxD8kBrU+XUtuSGUhxMRrwwCgYIKoZIzj0EAwIwNzEXMBUGA1UECgwOaW1ndHJ1c3QgdGVz' +
      'dHMxHDAaBgNVBAMME1NlY29uZCBDb3Jwb3JhdGUgQ0EwIBcNMjYxMTIzMTUxMjU0WhgPMjEyNjEwMzAxNTEyNTRaMDcxFzAV' +
      'BgNVBAoMDmltZ3RydXN0IHRlc3RzMRwwGgYDVQQDDBNTZWNvbmQgQ29ycG9yYXRlIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0D' +
      'AQcDQgAEJ03AsL3Nx+hP1EnJweReg6K/rCM+2NkSlNYYbSV+vBRkjPCctP4In/t9/gjGcENvspGox1DTVTrE9OOyrpU5YKNT' +
      'MFEwHQYDVR0OBBYEFJD6WTvEZ8eBVkYwH7Si96arlwdHMB8GA1UdIwQYMBaAFJD6WTvEZ8eBVkYwH7Si96arlwdHMA8GA1Ud' +
      'EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAKqnjLkOEQQi0z56w8caAlq80B3nv8ed3Qm/XvwuPuEJAiASyi0taa6P' +
      'gm9AMiYMEhbg8nf+kDX3GL9cfqJu/MEjOg==',
  ],
]

export interface MadeCertificate {
  readonly name: string
  readonly sha256: string
  readonly der: Uint8Array
  readonly pem: string
  readonly notBefore: number
  readonly notAfter: number
}

/** The first six are known to `tableKnowledge`, the last two are corporate ones. */
export const certificates: readonly MadeCertificate[] = made.map(([name, base64]) => {
  const der = Buffer.from(base64, 'base64')
  const { validFrom, validTo } = new X509Certificate(der)
  return {
    name,
    sha256: createHash('sha256').update(der).digest('hex'),
    der,
    pem: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    notBefore: Date.parse(validFrom),
    notAfter: Date.parse(validTo),
  }
})
