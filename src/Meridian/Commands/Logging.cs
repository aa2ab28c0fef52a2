using Microsoft.Extensions.Logging;

namespace Meridian.Host.Commands;

/// <summary>Logs go to standard error; as JSON where MERIDIAN_LOG=json.</summary>
internal static class Logging
{
    internal static void ToError(ILoggingBuilder logging)
    {
        var level = Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable("MERIDIAN_LOG_LEVEL"), ignoreCase: true, out var chosen)
            ? chosen
            : LogLevel.Information;
        logging.SetMinimumLevel(level)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Error)
            .AddFilter("Polly", LogLevel.Error)
            .AddFilter("Grpc", LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Environment.GetEnvironmentVariable("MERIDIAN_LOG") == "json")
            logging.AddJsonConsole();
        else
            logging.AddSimpleConsole(simple => (simple.SingleLine, simple.UseUtcTimestamp, simple.TimestampFormat) = (true, true, "HH:mm:ss "));
    }
}
