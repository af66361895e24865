// A plugin of osls, which takes CommonJS only. Packaging needs no account, so that what only AWS can tell is looked at here.
module.exports = class BeforeDeploy {
  constructor(serverless) {
    this.hooks = {
      'before:deploy:deploy': async () => {
        const { checkKeys } = require('./key-check.ts');
        try {
          await checkKeys(await serverless.getProvider('aws').getAwsSdkV3Config());
        } catch (error) {
          // As in stack.cjs.
          if (error.name === 'InputError') error.stack = `\n${error.message}`;
          throw error;
        }
      },
    };
  }
};
