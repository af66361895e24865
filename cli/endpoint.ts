/** Where the SDK looks for the endpoints of the services that the command calls. */
const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL_STS'] as const;

/**
 * What is wrong with a place where AWS is to be looked for, if anything.
 *
 * @param source who says so: an option or a variable
 */
export function endpointProblem(source: string, url: string): string[] {
  const scheme = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (scheme === 'http:' || scheme === 'https:') return [];
  return [`${source}: '${url}' is not a URL of http or https; write it as http://127.0.0.1:4577`];
}

/** What is wrong with the endpoints that the environment names. The SDK passes over empty ones, and over all if told to. */
export function environmentProblems(environment: NodeJS.ProcessEnv): string[] {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return [];
  return VARIABLES.flatMap((name) => {
    const url = environment[name];
    return url ? endpointProblem(`environment ${name}`, url) : [];
  });
}
