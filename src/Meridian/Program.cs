using Meridian.Cli;
using Meridian.Host.Bench;
using Meridian.Host.Commands;
using Meridian.Host.Demo;

return await MeridianCli.RunAsync(args, CliContext.ForProcess(
    ServerCommands.Server(), ServerCommands.Up(), AgentCommands.Make(), DemoCommand.Make(), BenchCommand.Make(), DoctorCommand.Make()));
