using System.CommandLine;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Bench;

/// <summary><c>meridian bench NAME</c>.</summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Json = new("--json")
    {
        Description = Say("The last line on standard output is one JSON object of named figures.", "标准输出的最后一行是一个带名称的 JSON 结果对象。"),
    };

    private static readonly Option<int> Tasks = new("--tasks")
    {
        Description = Say("Tasks in each mode.", "每种模式的任务数。"),
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<string[]> Modes = new("--modes")
    {
        Description = Say("How the tasks run, in this order: plain, sandbox.", "任务的运行方式与次序：plain、sandbox。"),
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["plain", "sandbox"],
    };

    private static readonly Option<string?> Slurm = new("--slurm")
    {
        Description = Say("A slurm-local script to compare with.", "用于对比的 slurm-local 脚本。"),
    };

    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = Say("How long both rest before their memory is read.", "读取内存之前的空闲秒数。"),
        DefaultValueFactory = _ => 20,
    };

    internal static Command Make()
    {
        var tasks = new Command("tasks", Say("Small tasks through REST, journal, scheduler, one agent and back.", "小任务经由 REST、账本、调度、代理再返回的速度。")) { Json, Tasks, Modes, Slurm };
        tasks.SetAction((parsed, cancellation) => new TasksBench(parsed.GetValue(Tasks), parsed.GetValue(Modes)!, parsed.GetValue(Slurm), parsed.GetValue(Json)).RunAsync(cancellation));
        var rest = new Command("rest", Say("Start and memory of a control plane and an agent at rest.", "控制面与代理的启动时间和空闲内存。")) { Json, Seconds };
        rest.SetAction((parsed, cancellation) => new RestBench(parsed.GetValue(Seconds), parsed.GetValue(Json)).RunAsync(cancellation));
        return new Command("bench", Say("Measures.", "测量。")) { tasks, rest };
    }
}
