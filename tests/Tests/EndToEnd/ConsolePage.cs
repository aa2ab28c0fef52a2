using System.Text.Json;
using Deque.AxeCore.Playwright;
using Meridian.Tests.Architecture;
using Microsoft.Playwright;
using Xunit;

namespace Meridian.Tests.EndToEnd;

/// <summary>
/// The console in a browser of its own, in one language. With <c>MERIDIAN_SCREENSHOTS</c> set to a folder, what is
/// looked at is kept there as pictures.
/// </summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const float PatienceMilliseconds = 60_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly JsonElement _texts;
    private readonly string _language;
    private readonly List<string> _barriers = [];
    private int _looks;

    private ConsolePage(IPlaywright playwright, IBrowser browser, IPage page, string language)
    {
        (_playwright, _browser, Page, _language) = (playwright, browser, page, language);
        _texts = JsonSerializer.Deserialize<JsonElement>(Repository.Read($"web/console/src/i18n/{language}.json"));
    }

    internal IPage Page { get; }

    internal static void SkipUnlessPossible()
    {
        Assert.SkipUnless(File.Exists(Chromium), "There is no browser: install the Debian package 'chromium'.");
        Assert.SkipUnless(Repository.Has("web/console/dist/index.html"), "The console is not built: run 'npm ci && npm run build' in web/console.");
    }

    internal static async Task<ConsolePage> OpenAsync(Uri address, string language)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        var page = await browser.NewPageAsync(new()
        {
            Locale = language == "zh" ? "zh-CN" : "en-GB",
            ViewportSize = new() { Width = 1280, Height = 800 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        page.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        await page.GotoAsync(address.ToString());
        return new(playwright, browser, page, language);
    }

    /// <summary>A text of the console, such as <c>signIn.submit</c>.</summary>
    internal string Text(string path) =>
        path.Split('.').Aggregate(_texts, (at, name) => at.GetProperty(name)).GetString()!;

    /// <summary>A button, link, tab… by the console's own word for it. The name of a button that was at work may say so too.</summary>
    internal ILocator The(AriaRole role, string text) => Page.GetByRole(role, new() { Name = Text(text), Exact = role != AriaRole.Button });

    internal Task SeeAsync(ILocator what) => Assertions.Expect(what.First).ToBeVisibleAsync();

    internal Task SeeAsync(string words) => SeeAsync(Page.GetByText(words));

    /// <summary>Nothing that was looked at keeps anybody out: no violation that is serious or worse.</summary>
    internal void AssertOpenToAll() => Assert.True(_barriers.Count == 0, string.Join('\n', _barriers));

    /// <summary>Notes what on the page keeps somebody out.</summary>
    internal async Task LookAsync(string what)
    {
        if (Environment.GetEnvironmentVariable("MERIDIAN_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{_language}-{++_looks}-{what}.png"), FullPage = true });
        var found = await Page.RunAxe();
        _barriers.AddRange(found.Violations
            .Where(v => v.Impact is "serious" or "critical")
            .SelectMany(v => v.Nodes.Select(n => $"{what}: {v.Id}: {v.Help}: {n.Html}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
