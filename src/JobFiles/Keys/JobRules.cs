namespace Meridian.JobFiles;

/// <summary>What keys must satisfy together. Works on the nodes, so that every fault knows its place.</summary>
internal static class JobRules
{
    /// <summary>The most tasks that are kept apart from each other.</summary>
    private const int SpreadTaskCountMax = 10_000;

    /// <summary>Gives a job that is estimated longer than the usual timeout one that it can meet.</summary>
    public static JobSpec Complete(MapNode file, JobSpec job) =>
        file.Find("timeout") is null && job.Duration > job.Timeout ? job with { Timeout = job.Duration * 2 } : job;

    public static void Check(MapNode file, JobSpec job, Faults faults)
    {
        HasSomethingToRun(file, faults);
        HasOneTaskCount(file, faults);
        HasTimeEnough(file, job, faults);
        HasSeparateMounts(file, faults);
        HasDistinctOutputs(file, faults);
        CanBeSpread(file, job, faults);
        HasReplicasForAll(file, job, faults);
        KeepsWhatItReserved(file, job, faults);
        StartsBeforeItsDeadline(file, job, faults);
    }

    private static void HasSomethingToRun(MapNode file, Faults faults)
    {
        if (file.Find("command") is not null || file.Find("container") is not null)
            return;

        faults.Add(
            file.At,
            new("The job has nothing to run", "作业没有要运行的内容"),
            new("Add 'command:', or a 'container:' that brings its own", "请添加 command，或自带命令的 container"));
    }

    private static void HasOneTaskCount(MapNode file, Faults faults)
    {
        if (file.Find("array") is { } array && file.Find("service")?.Value is MapNode service
            && service.Find("replicas") is not null)
            faults.Add(
                array.Key.At,
                new("Both 'array' and 'service.replicas' set the number of tasks", "array 与 service.replicas 重复设置任务数"),
                new("Keep 'replicas' for a service", "服务请只保留 replicas"));
    }

    private static void HasTimeEnough(MapNode file, JobSpec job, Faults faults)
    {
        if (file.Find("timeout") is { } timeout && job.Timeout < job.Duration)
            faults.Add(
                timeout.Value.At,
                new("The timeout is shorter than the duration, so no task could finish", "timeout 短于 duration，任务无法完成"),
                new("Raise 'timeout', or lower 'duration'", "请增大 timeout 或减小 duration"));
    }

    private static void HasSeparateMounts(MapNode file, Faults faults)
    {
        var mounts = new List<string>();
        foreach (var input in Items(file, "inputs"))
        {
            var node = TextOf(input, "mount") ?? TextOf(input, "dataset");
            if (node is null)
                continue;

            var mount = input.Find("mount") is null ? node.Text.Split('@')[0] : node.Text;
            if (mounts.Find(other => Overlaps(other, mount)) is { } other)
                faults.Add(
                    node.At,
                    string.Equals(other, mount, StringComparison.Ordinal)
                        ? new($"Two inputs share the mount '{node.Shown}'", $"两个输入使用了同一挂载点“{node.Shown}”")
                        : new($"The mount '{node.Shown}' lies inside another input's, or around it",
                            $"挂载点“{node.Shown}”与另一输入的挂载点互相包含"),
                    new("Give each input a mount of its own", "请为每个输入指定独立的挂载点"));
            mounts.Add(mount);
        }
    }

    private static void HasDistinctOutputs(MapNode file, Faults faults)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in Items(file, "outputs"))
            if (TextOf(output, "name") is { } name && !names.Add(name.Text))
                faults.Add(
                    name.At,
                    new($"Two outputs are named '{name.Shown}'", $"两个输出都名为“{name.Shown}”"),
                    new("Give each output a name of its own", "请为每个输出指定不同的名称"));
    }

    private static void CanBeSpread(MapNode file, JobSpec job, Faults faults)
    {
        if (job.Constraints.Spread is not { } spread || (file.Find("constraints")?.Value as MapNode)?.Find("spread") is not { } key)
            return;
        if (job.IsGang && spread.Over != FailureDomain.Node && spread.Max < job.TaskCount)
            faults.Add(
                key.Key.At,
                new("A gang lies in one pool, so it cannot be spread over sites or regions", "gang 位于同一资源池，不能分散到多个站点或区域"),
                new("Spread it over nodes, or leave 'gang' out", "请按 node 分散，或去掉 gang"));
        if (job.TaskCount > SpreadTaskCountMax)
            faults.Add(
                key.Key.At,
                new($"A job of more than {SpreadTaskCountMax} tasks cannot be spread", $"超过 {SpreadTaskCountMax} 个任务的作业不能使用 spread"),
                new("Split the job, or leave 'spread' out", "请拆分作业，或去掉 spread"));
    }

    private static void HasReplicasForAll(MapNode file, JobSpec job, Faults faults)
    {
        if (job.Service is { } service && service.Users.Length > job.TaskCount
            && (file.Find("service")?.Value as MapNode)?.Find("users") is { } users)
            faults.Add(
                users.Key.At,
                new($"{service.Users.Length} places of users need as many replicas; there are {job.TaskCount}",
                    $"{service.Users.Length} 处用户至少需要同样多的副本；现有 {job.TaskCount} 个"),
                new("Raise 'replicas'", "请增大 replicas"));
    }

    private static void KeepsWhatItReserved(MapNode file, JobSpec job, Faults faults)
    {
        if (job is { IsBestEffort: true, Reservation.Length: > 0 } && file.Find("bestEffort") is { } key)
            faults.Add(
                key.Key.At,
                new("A job in a reservation makes no room for others", "使用预留的作业不为其他作业让出资源"),
                new("Leave 'bestEffort' or 'reservation' out", "请去掉 bestEffort 或 reservation"));
    }

    private static void StartsBeforeItsDeadline(MapNode file, JobSpec job, Faults faults)
    {
        var bounds = job.Constraints;
        if ((bounds.NotBeforeAfter >= bounds.DeadlineAfter || bounds.NotBeforeAt >= bounds.DeadlineAt)
            && (file.Find("constraints")?.Value as MapNode)?.Find("notBefore") is { } key)
            faults.Add(
                key.Value.At,
                new("The job may not start before its deadline", "作业在截止时间之前不能开始"),
                new("Lower 'notBefore', or raise 'deadline'", "请提前 notBefore 或推迟 deadline"));
    }

    private static IEnumerable<MapNode> Items(MapNode file, string key) =>
        file.Find(key)?.Value is ListNode list ? list.Items.OfType<MapNode>() : [];

    private static ScalarNode? TextOf(MapNode map, string key) =>
        map.Find(key)?.Value is ScalarNode { IsNothing: false, Text.Length: > 0 } text ? text : null;

    private static bool Overlaps(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal)
        || left.StartsWith(right + "/", StringComparison.Ordinal)
        || right.StartsWith(left + "/", StringComparison.Ordinal);
}
