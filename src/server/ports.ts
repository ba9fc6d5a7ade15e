/**
 * The protocols that begin in clear and change to TLS on demand, with the port where each is asked for by default
 * (IANA's service names registry; RFC 3207, 3501, 2595, 4217, 4511, 6120; PostgreSQL's and MySQL's manuals).
 */
export const starttlsPorts = {
  smtp: 25,
  imap: 143,
  pop3: 110,
  ftp: 21,
  ldap: 389,
  postgres: 5432,
  mysql: 3306,
  xmpp: 5222,
} as const

export type Starttls = keyof typeof starttlsPorts
