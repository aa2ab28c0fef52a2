using Meridian.Optimisation.Linear;

namespace Meridian.Networking.Offpeak;

/// <summary>The whole time-expanded program with a variable for each transfer, link and slot: exact, for small problems and as a measure.</summary>
public static class OffpeakExact
{
    /// <summary>The least cost of delivering everything in time, or none when that is not possible.</summary>
    public static double? LeastCost(OffpeakProblem problem)
    {
        var program = new LinearProgram(maximise: false);
        var cells = Array.ConvertAll(problem.FreeGigabytes, free => program.AddRow(double.NegativeInfinity, free));
        foreach (var transfer in problem.Transfers)
            AddTransfer(program, problem, transfer, cells);
        return program.Solve()?.Objective;
    }

    private static void AddTransfer(LinearProgram program, OffpeakProblem problem, OffpeakTransfer transfer, int[] cells)
    {
        var count = transfer.LastSlot - transfer.FirstSlot + 1;
        var rows = new int[count + 1, problem.PointCount];
        for (var step = 0; step <= count; step++)
        {
            for (var point = 0; point < problem.PointCount; point++)
            {
                var net = (step == 0 && point == transfer.From ? transfer.Gigabytes : 0)
                    - (step == count && point == transfer.To ? transfer.Gigabytes : 0);
                rows[step, point] = program.AddRow(net, net);
            }
        }

        for (var step = 0; step < count; step++)
        {
            var slot = transfer.FirstSlot + step;
            for (var point = 0; point < problem.PointCount; point++)
                AddMove(rows[step, point], rows[step + 1, point], problem.StoragePricePerGigabyteSlot[point]);
            for (var link = 0; link < problem.Links.Length; link++)
            {
                var (from, to) = problem.Links[link];
                var variable = AddMove(rows[step, from], rows[step + 1, to], problem.PricePerGigabyte[problem.Cell(link, slot)]);
                program.SetCoefficient(cells[problem.Cell(link, slot)], variable, 1);
            }
        }

        int AddMove(int before, int after, double price)
        {
            var variable = program.AddVariable(0, double.PositiveInfinity, price);
            program.SetCoefficient(before, variable, 1);
            program.SetCoefficient(after, variable, -1);
            return variable;
        }
    }
}
