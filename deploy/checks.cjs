// A plugin of osls, which takes CommonJS only: what is looked at before osls asks AWS for anything.
module.exports = class Checks {
  constructor(serverless, options) {
    // When plugins are made no command has begun; whichever it is, it is for the deployment of the policy file alone.
    const { refuseOthers, stackOfPackage } = require('./osls-options.ts');
    const isDeploy = serverless.processedInput.commands.join(' ') === 'deploy';
    try {
      const packaged = isDeploy && options.package ? stackOfPackage(options.package) : undefined;
      refuseOthers(options, packaged, serverless.service.custom.stack);
    } catch (error) {
      throw linesAlone(error);
    }
    this.hooks = {
      // Packaging needs no account, so that what only AWS can tell is looked at here.
      'before:deploy:deploy': async () => {
        const { checkKeys } = require('./key-check.ts');
        try {
          await checkKeys(await serverless.getProvider('aws').getAwsSdkV3Config());
        } catch (error) {
          throw linesAlone(error);
        }
      },
    };
  }
};

/** As in stack.cjs. */
function linesAlone(error) {
  if (error.name === 'InputError') error.stack = `\n${error.message}`;
  return error;
}
