using System.CommandLine;
using Meridian.Host.Commands;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Demo;

/// <summary><c>meridian demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<bool> Once = new("--once")
    {
        Description = Say("Ends when all jobs are done, instead of staying for the console.", "所有作业完成后即退出，不停留等待查看控制台。"),
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = Say("Prints one JSON object as the last line.", "最后一行输出一个 JSON 对象。"),
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = Say("The demo's folder; remove it to begin anew.", "演示目录；删除它即可重新开始。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_DEMO_DATA") ?? Places.Default("demo"),
    };

    internal static Command Make()
    {
        var command = new Command("demo", Say("Three sites on this machine, and real jobs over them.", "在本机启动三个站点，并在其上运行真实作业。")) { Once, Json, Data };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (Places.Home() is not { } home)
            {
                await Console.Error.WriteLineAsync(Say(
                    "meridian: the demo needs the repository's examples; set MERIDIAN_HOME to it.", "meridian：演示需要仓库中的 examples 目录；请把 MERIDIAN_HOME 设为仓库路径。"));
                return 1;
            }

            try
            {
                var run = new DemoRun(home, Path.GetFullPath(parsed.GetRequiredValue(Data)), parsed.GetValue(Once), parsed.GetValue(Json));
                return await run.RunAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync(Say("Ended. Run it again to go on.", "已结束。再次运行即可继续。"));
                return 0;
            }
            catch (Exception failure) when (failure is InvalidOperationException or Protocol.Rest.RefusedException or Protocol.Rest.UnreachableException or IOException)
            {
                await Console.Error.WriteLineAsync("meridian: " + failure.Message);
                return 1;
            }
        });
        return command;
    }
}
