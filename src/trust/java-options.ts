/** Variables by which an image hands options to Java virtual machines. Data. */
const variables: readonly { readonly name: string; readonly replaces: boolean; readonly source: string }[] = [
  {
    name: 'JAVA_TOOL_OPTIONS',
    replaces: true,
    source:
      'https://docs.oracle.com/en/java/javase/21/troubleshoot/environment-variables-and-system-properties.html',
  },
  {
    name: 'JDK_JAVA_OPTIONS',
    replaces: true,
    source: 'https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html',
  },
  // Start scripts read these, no virtual machine does: its own store may still be read.
  { name: 'JAVA_OPTS', replaces: false, source: 'https://tomcat.apache.org/tomcat-10.1-doc/RUNNING.txt' },
  { name: 'CATALINA_OPTS', replaces: false, source: 'https://tomcat.apache.org/tomcat-10.1-doc/RUNNING.txt' },
  { name: 'JAVA_OPTIONS', replaces: false, source: 'https://hub.docker.com/_/jetty' },
  { name: '_JAVA_OPTIONS', replaces: true, source: 'https://bugs.openjdk.org/browse/JDK-8074895' },
]

const valueBytes = 4_096
const optionBytes = 65_536

export interface JavaTrustStore {
  /** The variable that names it. */
  readonly variable: string
  readonly path: string
  /** It is read instead of the virtual machine's own. */
  readonly replaces: boolean
}

/**
 * The stores that `-Djavax.net.ssl.trustStore=…` names in the environment (Java's JSSE reference guide, "Customizing
 * the Default Keystores and Truststores"). `NONE` stands for no file.
 */
export function javaTrustStores(env: Readonly<Record<string, string>>): readonly JavaTrustStore[] {
  return variables.flatMap(({ name, replaces }) => {
    const path = property(env[name], 'javax.net.ssl.trustStore')
    return path && path !== 'NONE' ? [{ variable: name, path, replaces }] : []
  })
}

/** Passwords for keystores: those that the environment gives, then what keystores come with, then none at all. */
export function passwordsOf(env: Readonly<Record<string, string>>): readonly string[] {
  const given = variables.flatMap(({ name }) => [
    property(env[name], 'javax.net.ssl.trustStorePassword') ?? [],
    property(env[name], 'javax.net.ssl.keyStorePassword') ?? [],
  ])
  return [...new Set([...given.flat(), 'changeit', ''])]
}

/** The last value of a system property in a list of options, as the virtual machine splits it: at spaces, but not in quotes. */
function property(options: string | undefined, name: string): string | null {
  let value: string | null = null
  for (const [option] of options?.slice(0, optionBytes).matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) {
    const plain = option.replace(/["']/g, '')
    if (plain.startsWith(`-D${name}=`)) value = plain.slice(name.length + 3)
  }
  return value !== null && value.length <= valueBytes ? value : null
}
