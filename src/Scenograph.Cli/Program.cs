using Scenograph.Cli;

return await CommandLine.Run(args).ConfigureAwait(false);
