using Meridian.Cli;
using Meridian.Host.Bench;
using Meridian.Host.Commands;
using Meridian.Host.Demo;

return await MeridianCli.RunAsync(args, CliContext.ForProcess() with
{
    Commands = [ServerCommands.Server(), ServerCommands.Up(), DemoCommand.Make(), BenchCommand.Make(), DoctorCommand.Make()],
    NounVerbs = [("agent", AgentCommands.Join()), ("agent", AgentCommands.Run())],
});
