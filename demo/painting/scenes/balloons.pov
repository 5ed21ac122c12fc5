// Hot-air balloons above a valley in the morning.
#version 3.7;
global_settings { assumed_gamma 1.0 }
#declare Sun_Way = vnormalize(<-0.8, 0.30, 0.25>);
camera { location <0, 6.5, -20> look_at <0, 8.2, 10> right x * image_width / image_height angle 54 }
light_source { Sun_Way * 5000 color rgb <2.2, 1.60, 1.0> }
light_source { <10, 30, -40> color rgb <0.22, 0.28, 0.42> shadowless }
sky_sphere {
  pigment { gradient y color_map { [0 rgb <1.0, 0.74, 0.52>] [0.08 rgb <0.98, 0.74, 0.60>] [0.25 rgb <0.62, 0.66, 0.80>] [0.6 rgb <0.22, 0.40, 0.72>] } }
  pigment { wrinkles turbulence 0.6 octaves 6 color_map { [0 rgbt 1] [0.5 rgbt <1, 0.9, 0.85, 1>] [0.75 rgbt <1, 0.88, 0.8, 0.55>] [1 rgbt <1, 0.95, 0.9, 0.3>] } scale <0.9, 0.09, 0.5> }
}
fog { fog_type 2 distance 110 color rgb <0.95, 0.72, 0.58> fog_offset -1.0 fog_alt 1.6 }
#declare Hill = pigment { granite color_map { [0 rgb <0.20, 0.19, 0.07>] [0.5 rgb <0.30, 0.27, 0.10>] [1 rgb <0.16, 0.20, 0.07>] } scale 6 }
height_field {
  function 600, 600 { pigment { bozo turbulence 0.35 octaves 6 omega 0.42 color_map { [0 rgb 0] [0.35 rgb 0.12] [0.65 rgb 0.55] [1 rgb 1] } scale 0.16 translate <3.1, 0, 1.7> } }
  smooth translate <-0.5, 0, 0> scale <360, 17, 330> translate <0, -5, -14>
  texture { pigment { Hill } normal { bumps 0.5 scale 0.4 } finish { diffuse 0.8 } }
}
#macro Balloon(Where, Size, First, Second, Third, Kind, Turn)
  union {
    lathe {
      cubic_spline 9, <0, 1.02>, <0.01, 1.0>, <0.62, 0.80>, <0.93, 0.32>, <0.98, 0.02>, <0.80, -0.48>, <0.42, -0.95>, <0.20, -1.22>, <0.16, -1.3>
      texture {
        #if (Kind = 0)
          pigment { radial pigment_map { [0.33 First] [0.33 Second] [0.66 Second] [0.66 Third] } frequency 6 }
        #else
          pigment { gradient y pigment_map { [0.2 First] [0.2 Second] [0.45 Second] [0.45 Third] [0.70 Third] [0.70 First] } scale 0.9 }
        #end
        normal { radial 0.22 sine_wave frequency 24 }
        finish { diffuse 0.8 emission 0.06 }
      }
    }
    box { <-0.13, -1.88, -0.13>, <0.13, -1.66, 0.13> pigment { rgb <0.30, 0.16, 0.07> } }
    #for (N, 0, 3)
      cylinder { vrotate(<0.17, -1.26, 0>, y * (45 + N * 90)), vrotate(<0.16, -1.66, 0>, y * (45 + N * 90)), 0.008 pigment { rgb 0.08 } }
    #end
    rotate y * Turn scale Size translate Where
  }
#end
#declare Red = pigment { rgb <0.78, 0.06, 0.04> }
#declare Yellow = pigment { rgb <0.98, 0.62, 0.05> }
#declare Cream = pigment { rgb <0.95, 0.88, 0.72> }
#declare Teal = pigment { rgb <0.02, 0.36, 0.42> }
#declare Navy = pigment { rgb <0.04, 0.08, 0.30> }
#declare Orange = pigment { rgb <0.95, 0.30, 0.03> }
Balloon(<-6.2, 10.4, 2>, 2.6, Red, Yellow, Cream, 0, 10)
Balloon(<4.6, 8.2, 12>, 2.5, Teal, Cream, Navy, 1, 0)
Balloon(<11.5, 13.6, 26>, 2.5, Orange, Cream, Yellow, 0, 30)
Balloon(<-13, 7.2, 34>, 2.5, Navy, Orange, Cream, 1, 0)
Balloon(<1.2, 15.2, 46>, 2.5, Yellow, Red, Orange, 0, 50)
Balloon(<-4.5, 8.6, 62>, 2.5, Cream, Teal, Cream, 0, 15)
Balloon(<24, 9.4, 70>, 2.5, Red, Cream, Red, 1, 0)
Balloon(<14, 7.5, 90>, 2.5, Navy, Yellow, Navy, 0, 0)
Balloon(<-32, 14.5, 95>, 2.5, Orange, Navy, Cream, 0, 0)
