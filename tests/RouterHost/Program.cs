using Slipway.Agent.Router;

// RouterHost DIRECTORY [HTTP-PORT]
return await RouterProgram.RunAsync(new RouterOptions { DataDirectory = args[0], HttpPort = args.Length > 1 ? int.Parse(args[1]) : 0 });
