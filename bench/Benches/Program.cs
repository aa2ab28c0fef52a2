using Meridian.Benches;
using Meridian.Benches.Running;

var name = args.FirstOrDefault();
if (BenchCatalogue.All.FirstOrDefault(candidate => candidate.Name == name) is { } bench)
    return CommandLine.Run(bench, args[1..], Console.Out, Console.Error);

var isAsked = name is null or "-h" or "--help";
var listing = isAsked ? Console.Out : Console.Error;
if (!isAsked)
    listing.WriteLine($"There is no bench '{name}'. There are: 没有名为“{name}”的测量。可用的有：");
foreach (var (known, summary) in BenchCatalogue.OfTheProduct.Concat(BenchCatalogue.All.Select(candidate => (candidate.Name, candidate.Summary))))
    listing.WriteLine($"{known,-12} {summary}");
return isAsked ? 0 : 2;
