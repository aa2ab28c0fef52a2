using Meridian.Benches;

var bench = args.Length == 0 ? null : BenchCatalogue.All.FirstOrDefault(candidate => candidate.Name == args[0]);
if (bench is not null)
    return bench.Run(args[1..], Console.Out);
foreach (var candidate in BenchCatalogue.All)
    Console.Error.WriteLine($"{candidate.Name,-12} {candidate.Summary}");
return 2;
